/** Who is in a channel, and as what. Every change is in force on open connections at once (P7). */
import type { z } from 'zod'
import type { ChannelRole, updateMemberRequestSchema } from '../../shared/api/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChannelId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { audit } from './audit.ts'
import {
  announceMembership,
  readRole,
  requireChannel,
  requireChannelRight,
} from './channel-rights.ts'
import type { CommandContext, Commander } from './command-context.ts'

interface Membership {
  channelId: ChannelId
  userId: UserId
}

/**
 * Adds somebody: oneself to a public channel, others when one is in it. Adding a member again
 * changes nothing. Throws `not_found`, `forbidden`, `channel_archived`.
 */
export function addMember(
  context: CommandContext,
  commander: Commander,
  { channelId, userId }: Membership,
): void {
  const { sqlite } = context.database
  const wasAdded = sqlite.transaction(() => {
    const channel = requireChannel(sqlite, commander, channelId)
    requireChannelRight(channel, userId === commander.userId ? 'join' : 'addMembers')
    if (channel.archivedAt !== null) throw new AppError('channel_archived')
    const isKnown = sqlite
      .prepare('SELECT 1 FROM users WHERE id = ? AND deactivated_at IS NULL')
      .get(userId)
    if (isKnown === undefined) throw new AppError('not_found')
    // Whoever comes into an empty channel owns it, so that no channel is without an owner.
    const { changes } = sqlite
      .prepare(
        `INSERT INTO channel_members (channel_id, user_id, role, joined_at)
         SELECT @channelId, @userId, iif(EXISTS (
           SELECT 1 FROM channel_members WHERE channel_id = @channelId), 'MEMBER', 'OWNER'), @time
         WHERE true ON CONFLICT DO NOTHING`,
      )
      .run({ channelId, userId, time: context.now() })
    if (changes > 0) {
      const role = readRole(sqlite, channelId, userId) ?? null
      auditMember(context, commander, 'member.added', { channelId, userId, role })
    }
    return changes > 0
  })()
  if (wasAdded) announceMembership(context, channelId, userId)
}

/**
 * Removes a member, or oneself. Throws `conflict` for the last owner while others stay. A private
 * channel that its last member leaves is archived: nobody could find it any more.
 */
export function removeMember(
  context: CommandContext,
  commander: Commander,
  { channelId, userId }: Membership,
): void {
  const { sqlite } = context.database
  sqlite.transaction(() => {
    const channel = requireChannel(sqlite, commander, channelId)
    const role = readRole(sqlite, channelId, userId)
    if (role === undefined) throw new AppError('not_found')
    if (userId !== commander.userId) {
      requireChannelRight(channel, role === 'OWNER' ? 'manageOwners' : 'manageMembers')
    }
    if (role === 'OWNER') requireAnotherOwner(sqlite, channelId, userId)
    sqlite
      .prepare('DELETE FROM channel_members WHERE channel_id = ? AND user_id = ?')
      .run(channelId, userId)
    auditMember(context, commander, 'member.removed', { channelId, userId, role })
    const archived = sqlite
      .prepare(
        `UPDATE channels SET archived_at = @time, updated_at = @time
         WHERE id = @channelId AND type = 'PRIVATE' AND archived_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM channel_members WHERE channel_id = @channelId)`,
      )
      .run({ channelId, time: context.now() })
    if (archived.changes > 0) {
      const deed = { action: 'channel.archived', entityType: 'channel' } as const
      audit(context, commander, { ...deed, entityId: channelId })
    }
  })()
  announceMembership(context, channelId, userId)
}

/**
 * Changes a member's role, and what one wishes to hear of a channel oneself. Only owners make or
 * unmake owners. Throws `not_found`, `forbidden`, and `conflict` for the last owner.
 */
export function updateMember(
  context: CommandContext,
  commander: Commander,
  { channelId, userId }: Membership,
  { role, muted, notifyLevel }: z.output<typeof updateMemberRequestSchema>,
): void {
  const { sqlite } = context.database
  const hasWishes = muted !== undefined || notifyLevel !== undefined
  sqlite.transaction(() => {
    requireChannel(sqlite, commander, channelId)
    if (hasWishes && userId !== commander.userId) throw new AppError('forbidden')
    if (readRole(sqlite, channelId, userId) === undefined) throw new AppError('not_found')
    if (role !== undefined) changeRole(context, commander, { channelId, userId, role })
    sqlite
      .prepare(
        `UPDATE channel_members SET muted = coalesce(@muted, muted),
           notify_level = iif(@hasLevel, @notifyLevel, notify_level)
         WHERE channel_id = @channelId AND user_id = @userId`,
      )
      .run({
        ...{ channelId, userId },
        muted: muted === undefined ? null : Number(muted),
        hasLevel: Number(notifyLevel !== undefined),
        notifyLevel: notifyLevel ?? null,
      })
  })()
  if (role !== undefined) announceMembership(context, channelId, userId)
  else if (hasWishes) context.notifier.publish([userId], { topic: 'channel', channelId })
}

function changeRole(
  context: CommandContext,
  commander: Commander,
  { channelId, userId, role }: Membership & { role: ChannelRole },
): void {
  const { sqlite } = context.database
  const standing = readRole(sqlite, channelId, userId)
  const touchesOwners = role === 'OWNER' || standing === 'OWNER'
  const channel = requireChannel(sqlite, commander, channelId)
  requireChannelRight(channel, touchesOwners ? 'manageOwners' : 'manageMembers')
  if (standing === role) return
  if (standing === 'OWNER') requireAnotherOwner(sqlite, channelId, userId)
  sqlite
    .prepare('UPDATE channel_members SET role = ? WHERE channel_id = ? AND user_id = ?')
    .run(role, channelId, userId)
  auditMember(context, commander, 'member.role_changed', { channelId, userId, role })
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

function auditMember(
  context: CommandContext,
  commander: Commander,
  action: 'member.added' | 'member.removed' | 'member.role_changed',
  { channelId, userId, role }: Membership & { role: ChannelRole | null },
): void {
  const details = { userId, role }
  audit(context, commander, { action, entityType: 'channel', entityId: channelId, details })
}
