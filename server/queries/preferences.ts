/** Reads what a person wishes to be notified of. */
import { z } from 'zod'
import type { NotifyLevel, Preferences } from '../../shared/api/preferences.ts'
import type { UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'

interface PreferencesRow {
  notifyLevel: NotifyLevel
  notifyReplies: number
  notifyReactions: number
  keywords: string
  pushEnabled: number
  emailEnabled: number
  urgentEnabled: number
  startMinute: number | null
  endMinute: number | null
  timeZone: string
}

/** As the columns of `user_preferences` have it for a person without a row. */
const defaults: Preferences = {
  notifyLevel: 'MENTIONS',
  notifyReplies: true,
  notifyReactions: false,
  keywords: [],
  pushEnabled: true,
  emailEnabled: true,
  urgentEnabled: true,
  doNotDisturb: null,
  timeZone: 'UTC',
}

const keywordsSchema = z.array(z.string())

export function getPreferences({ sqlite }: Pick<Database, 'sqlite'>, userId: UserId): Preferences {
  const row = prepareOnce<[string], PreferencesRow>(
    sqlite,
    `SELECT notify_level AS notifyLevel, notify_replies AS notifyReplies,
       notify_reactions AS notifyReactions, keywords, push_enabled AS pushEnabled,
       email_enabled AS emailEnabled, urgent_enabled AS urgentEnabled,
       dnd_start_minute AS startMinute, dnd_end_minute AS endMinute, time_zone AS timeZone
     FROM user_preferences WHERE user_id = ?`,
  ).get(userId)
  if (row === undefined) return defaults
  const { startMinute, endMinute, ...wishes } = row
  return {
    ...wishes,
    notifyReplies: row.notifyReplies === 1,
    notifyReactions: row.notifyReactions === 1,
    keywords: keywordsSchema.parse(JSON.parse(row.keywords)),
    pushEnabled: row.pushEnabled === 1,
    emailEnabled: row.emailEnabled === 1,
    urgentEnabled: row.urgentEnabled === 1,
    doNotDisturb: startMinute === null || endMinute === null ? null : { startMinute, endMinute },
  }
}
