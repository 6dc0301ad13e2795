/** Who is in a channel, and as what. Every change is in force on open connections at once (P7). */
import type { ChannelRole } from '../../shared/api/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChannelId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { isWorkspaceAdmin, type CommandContext, type Commander } from './command-context.ts'

interface ChannelFacts {
  type: 'PUBLIC' | 'PRIVATE'
  archivedAt: number | null
}

/**
 * Adds somebody: oneself to a public channel, others when one is in it. Adding a member again
 * changes nothing. Throws `not_found`, `forbidden`, `channel_archived`.
 */
export function addMember(
  context: CommandContext,
  commander: Commander,
  { channelId, userId }: { channelId: ChannelId; userId: UserId },
): void {
  const { sqlite } = context.database
  const wasAdded = sqlite.transaction(() => {
    const channel = requireVisibleChannel(sqlite, commander, channelId)
    const isOneself = userId === commander.userId
    const isMember = roleIn(sqlite, channelId, commander.userId) !== undefined
    if (!isMember && !(isOneself && channel.type === 'PUBLIC' && commander.role !== 'GUEST')) {
      throw new AppError('forbidden')
    }
    if (!isOneself && commander.role === 'GUEST') throw new AppError('forbidden')
    if (channel.archivedAt !== null) throw new AppError('channel_archived')
    const isKnown = sqlite
      .prepare('SELECT 1 FROM users WHERE id = ? AND deactivated_at IS NULL')
      .get(userId)
    if (isKnown === undefined) throw new AppError('not_found')
    // Whoever comes into an empty channel owns it, so that no channel is without an owner.
    return sqlite
      .prepare(
        `INSERT INTO channel_members (channel_id, user_id, role, joined_at)
         SELECT @channelId, @userId, iif(EXISTS (
           SELECT 1 FROM channel_members WHERE channel_id = @channelId), 'MEMBER', 'OWNER'), @time
         WHERE true ON CONFLICT DO NOTHING`,
      )
      .run({ channelId, userId, time: context.now() }).changes
  })()
  if (wasAdded > 0) announce(context, channelId, userId)
}

/**
 * Removes a member, or oneself. Throws `conflict` for the last owner while others stay. A private
 * channel that its last member leaves is archived: nobody could find it any more.
 */
export function removeMember(
  context: CommandContext,
  commander: Commander,
  { channelId, userId }: { channelId: ChannelId; userId: UserId },
): void {
  const { sqlite } = context.database
  sqlite.transaction(() => {
    requireVisibleChannel(sqlite, commander, channelId)
    const role = roleIn(sqlite, channelId, userId)
    if (role === undefined) throw new AppError('not_found')
    if (userId !== commander.userId) requireManager(sqlite, commander, channelId, role)
    if (role === 'OWNER') requireAnotherOwner(sqlite, channelId, userId)
    sqlite
      .prepare('DELETE FROM channel_members WHERE channel_id = ? AND user_id = ?')
      .run(channelId, userId)
    sqlite
      .prepare(
        `UPDATE channels SET archived_at = @time, updated_at = @time
         WHERE id = @channelId AND type = 'PRIVATE' AND archived_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM channel_members WHERE channel_id = @channelId)`,
      )
      .run({ channelId, time: context.now() })
  })()
  announce(context, channelId, userId)
}

/** Changes a member's role. Only owners make or unmake owners. */
export function changeMemberRole(
  context: CommandContext,
  commander: Commander,
  { channelId, userId, role }: { channelId: ChannelId; userId: UserId; role: ChannelRole },
): void {
  const { sqlite } = context.database
  sqlite.transaction(() => {
    requireVisibleChannel(sqlite, commander, channelId)
    const standing = roleIn(sqlite, channelId, userId)
    if (standing === undefined) throw new AppError('not_found')
    const highest = role === 'OWNER' ? role : standing
    requireManager(sqlite, commander, channelId, highest)
    if (standing === 'OWNER' && role !== 'OWNER') requireAnotherOwner(sqlite, channelId, userId)
    sqlite
      .prepare('UPDATE channel_members SET role = ? WHERE channel_id = ? AND user_id = ?')
      .run(role, channelId, userId)
  })()
  announce(context, channelId, userId)
}

/** Throws `not_found` for a channel that the commander may not know of. */
export function requireVisibleChannel(
  sqlite: SqliteConnection,
  commander: Commander,
  channelId: ChannelId,
): ChannelFacts {
  const channel = sqlite
    .prepare<[string], ChannelFacts>(
      'SELECT type, archived_at AS archivedAt FROM channels WHERE id = ?',
    )
    .get(channelId)
  const isPublic = channel?.type === 'PUBLIC' && commander.role !== 'GUEST'
  if (!channel || (!isPublic && roleIn(sqlite, channelId, commander.userId) === undefined)) {
    throw new AppError('not_found')
  }
  return channel
}

/** Throws `forbidden` unless the commander manages the channel and, for owners, is one. */
export function requireManager(
  sqlite: SqliteConnection,
  commander: Commander,
  channelId: ChannelId,
  targetRole: ChannelRole = 'MEMBER',
): void {
  const role = roleIn(sqlite, channelId, commander.userId)
  const isManager = role === 'OWNER' || role === 'ADMIN' || isWorkspaceAdmin(commander)
  const mayTouchOwners = role === 'OWNER' || commander.role === 'OWNER'
  if (!isManager || (targetRole === 'OWNER' && !mayTouchOwners)) throw new AppError('forbidden')
}

function requireAnotherOwner(sqlite: SqliteConnection, channelId: ChannelId, userId: UserId): void {
  const others = sqlite
    .prepare<[string, string], { owners: number; members: number }>(
      `SELECT count(*) FILTER (WHERE role = 'OWNER') AS owners, count(*) AS members
       FROM channel_members WHERE channel_id = ? AND user_id <> ?`,
    )
    .get(channelId, userId)
  if (others !== undefined && others.members > 0 && others.owners === 0) {
    throw new AppError('conflict', { message: 'Make somebody else an owner of the channel first' })
  }
}

function roleIn(
  sqlite: SqliteConnection,
  channelId: ChannelId,
  userId: UserId,
): ChannelRole | undefined {
  return sqlite
    .prepare<[string, string], { role: ChannelRole }>(
      'SELECT role FROM channel_members WHERE channel_id = ? AND user_id = ?',
    )
    .get(channelId, userId)?.role
}

function announce(context: CommandContext, channelId: ChannelId, userId: UserId): void {
  const { notifier } = context
  notifier.accessChanged({ userId, conversation: { kind: 'channel', id: channelId } })
  notifier.publish([userId], { topic: 'channels' })
  publishToChannel(context, channelId)
}

/** Tells those who may know of the channel that it or its members changed. */
export function publishToChannel(
  { database, notifier }: CommandContext,
  channelId: ChannelId,
): void {
  const { sqlite } = database
  const isPublic = sqlite
    .prepare("SELECT 1 FROM channels WHERE id = ? AND type = 'PUBLIC'")
    .get(channelId)
  const members = sqlite
    .prepare<[string], { userId: UserId }>(
      'SELECT user_id AS userId FROM channel_members WHERE channel_id = ?',
    )
    .all(channelId)
  const audience = isPublic ? ('everyone' as const) : members.map(({ userId }) => userId)
  notifier.publish(audience, { topic: 'channel', channelId })
}
