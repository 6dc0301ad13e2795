/** What somebody may do in a conversation now: facts from SQL, decision by the guard's own rules. */
import type { ChannelPosting, ChannelRole, ChannelType } from '../../shared/api/channels.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import { accessTo, type Actor, type ConversationAccess } from '../../shared/guard/actor.ts'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export type ReadConversationAccess = (
  userId: UserId,
  conversation: Conversation,
) => ConversationAccess

interface ChannelRow {
  type: ChannelType
  archivedAt: number | null
  posting: ChannelPosting
  workspaceRole: WorkspaceRole
  channelRole: ChannelRole | null
}

/** A conversation that does not exist gives no access at all, like one that may not be read. */
export function createReadConversationAccess(sqlite: SqliteConnection): ReadConversationAccess {
  const selectChannel = sqlite.prepare<{ channelId: string; userId: string }, ChannelRow>(
    `SELECT c.type, c.archived_at AS archivedAt, c.posting, u.role AS workspaceRole,
       m.role AS channelRole
     FROM channels AS c
     JOIN users AS u ON u.id = @userId AND u.deactivated_at IS NULL
     LEFT JOIN channel_members AS m ON m.channel_id = c.id AND m.user_id = u.id
     WHERE c.id = @channelId`,
  )
  const selectParticipant = sqlite.prepare<{ threadId: string; userId: string }, unknown>(
    `SELECT 1 FROM direct_message_participants AS p
     JOIN users AS u ON u.id = p.user_id AND u.deactivated_at IS NULL
     WHERE p.thread_id = @threadId AND p.user_id = @userId`,
  )
  return (userId, conversation) => {
    if (conversation.kind === 'dm') {
      const isParticipant =
        selectParticipant.get({ threadId: conversation.id, userId }) !== undefined
      return accessTo({ kind: 'dm', isParticipant })
    }
    const row = selectChannel.get({ channelId: conversation.id, userId })
    return accessTo({
      kind: 'channel',
      isPublic: row?.type === 'PUBLIC',
      isArchived: row !== undefined && row.archivedAt !== null,
      posting: row?.posting ?? 'ADMINS',
      workspaceRole: row?.workspaceRole ?? 'GUEST',
      channelRole: row?.channelRole ?? undefined,
    })
  }
}

/** The actor of a request; throws `not_found` when they may not even read. */
export function requireReader(
  readAccess: ReadConversationAccess,
  userId: UserId,
  conversation: Conversation,
): Extract<Actor, { kind: 'person' }> {
  const access = readAccess(userId, conversation)
  if (!access.canRead) throw new AppError('not_found')
  return { kind: 'person', userId, access }
}
