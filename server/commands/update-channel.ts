/** Renames, describes, archives or reopens a channel. */
import type { z } from 'zod'
import type { updateChannelRequestSchema } from '../../shared/api/channels.ts'
import type { ChannelId } from '../../shared/ids.ts'
import { publishToChannel, requireManager, requireVisibleChannel } from './channel-members.ts'
import type { CommandContext, Commander } from './command-context.ts'

/** Throws `not_found`, `forbidden`. What is undefined stays as it is. */
export function updateChannel(
  context: CommandContext,
  commander: Commander,
  channelId: ChannelId,
  { name, description, isArchived }: z.output<typeof updateChannelRequestSchema>,
): void {
  const { database, now, notifier } = context
  const { sqlite } = database
  sqlite.transaction(() => {
    const channel = requireVisibleChannel(sqlite, commander, channelId)
    requireManager(sqlite, commander, channelId)
    const archivedAt = isArchived ? (channel.archivedAt ?? now()) : null
    sqlite
      .prepare(
        `UPDATE channels SET name = coalesce(@name, name),
           description = iif(@hasDescription, @description, description),
           archived_at = iif(@hasArchived, @archivedAt, archived_at), updated_at = @now
         WHERE id = @channelId`,
      )
      .run({
        channelId,
        name: name ?? null,
        hasDescription: description === undefined ? 0 : 1,
        description: description || null,
        hasArchived: isArchived === undefined ? 0 : 1,
        archivedAt,
        now: now(),
      })
  })()
  notifier.accessChanged({ conversation: { kind: 'channel', id: channelId } })
  publishToChannel(context, channelId)
}
