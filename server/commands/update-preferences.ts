/** Changes what a person wishes to be notified of. */
import type { Preferences } from '../../shared/api/preferences.ts'
import type { UserId } from '../../shared/ids.ts'
import { getPreferences } from '../queries/preferences.ts'
import type { CommandContext } from './command-context.ts'

/** What is undefined stays as it is. */
export function updatePreferences(
  { database, now, notifier }: CommandContext,
  userId: UserId,
  changes: { [Name in keyof Preferences]?: Preferences[Name] | undefined },
): Preferences {
  const { sqlite } = database
  const wanted = sqlite.transaction(() => {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    const preferences: Preferences = {
      ...getPreferences(database, userId),
      ...Object.fromEntries(given),
    }
    sqlite
      .prepare(
        `INSERT INTO user_preferences (user_id, notify_level, notify_replies, notify_reactions,
           keywords, push_enabled, email_enabled, urgent_enabled, dnd_start_minute, dnd_end_minute,
           time_zone, updated_at)
         VALUES (@userId, @notifyLevel, @notifyReplies, @notifyReactions, @keywords, @pushEnabled,
           @emailEnabled, @urgentEnabled, @startMinute, @endMinute, @timeZone, @time)
         ON CONFLICT (user_id) DO UPDATE SET
           notify_level = excluded.notify_level, notify_replies = excluded.notify_replies,
           notify_reactions = excluded.notify_reactions, keywords = excluded.keywords,
           push_enabled = excluded.push_enabled, email_enabled = excluded.email_enabled,
           urgent_enabled = excluded.urgent_enabled,
           dnd_start_minute = excluded.dnd_start_minute, dnd_end_minute = excluded.dnd_end_minute,
           time_zone = excluded.time_zone, updated_at = excluded.updated_at`,
      )
      .run({
        userId,
        notifyLevel: preferences.notifyLevel,
        notifyReplies: Number(preferences.notifyReplies),
        notifyReactions: Number(preferences.notifyReactions),
        keywords: JSON.stringify([...new Set(preferences.keywords)]),
        pushEnabled: Number(preferences.pushEnabled),
        emailEnabled: Number(preferences.emailEnabled),
        urgentEnabled: Number(preferences.urgentEnabled),
        startMinute: preferences.doNotDisturb?.startMinute ?? null,
        endMinute: preferences.doNotDisturb?.endMinute ?? null,
        timeZone: preferences.timeZone,
        time: now(),
      })
    return getPreferences(database, userId)
  })()
  notifier.publish([userId], { topic: 'me' })
  return wanted
}
