/** Creates a channel; whoever creates it owns it. */
import type { z } from 'zod'
import type { createChannelRequestSchema } from '../../shared/api/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChannelId } from '../../shared/ids.ts'
import { newId, type CommandContext, type Commander } from './command-context.ts'

/**
 * Answers the channel's id. With an id of one's own, a repetition makes no second channel. Throws
 * `already_exists` when the slug or the id is taken, `forbidden` for guests.
 */
export function createChannel(
  context: CommandContext,
  commander: Commander,
  request: z.output<typeof createChannelRequestSchema>,
): ChannelId {
  const { database, now, notifier } = context
  const { sqlite } = database
  if (commander.role === 'GUEST') throw new AppError('forbidden')
  const id = request.id ?? newId<ChannelId>(context)
  const isNew = sqlite.transaction(() => {
    const standing = sqlite
      .prepare<[string], { createdBy: string }>(
        'SELECT created_by AS createdBy FROM channels WHERE id = ?',
      )
      .get(id)
    if (standing?.createdBy === commander.userId) return false
    const hasSlug = sqlite.prepare('SELECT 1 FROM channels WHERE slug = ?').get(request.slug)
    if (standing !== undefined || hasSlug !== undefined) {
      throw new AppError('already_exists', {
        message: `There is a channel called #${request.slug} already`,
      })
    }
    const time = now()
    sqlite
      .prepare(
        `INSERT INTO channels (id, name, slug, description, type, created_by, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        request.name,
        request.slug,
        request.description || null,
        request.type,
        commander.userId,
        time,
        time,
      )
    sqlite
      .prepare(
        "INSERT INTO channel_members (channel_id, user_id, role, joined_at) VALUES (?, ?, 'OWNER', ?)",
      )
      .run(id, commander.userId, time)
    return true
  })()
  if (isNew) {
    const audience = request.type === 'PUBLIC' ? ('everyone' as const) : [commander.userId]
    notifier.publish(audience, { topic: 'channels' })
  }
  return id
}
