/** What a commander may do in a channel, and who is told when something there changed. */
import type { ChannelPosting, ChannelRole, ChannelType } from '../../shared/api/channels.ts'
import { AppError } from '../../shared/errors.ts'
import {
  mayInChannel,
  type ChannelRight,
  type ChannelStanding,
} from '../../shared/guard/permissions.ts'
import type { CategoryId, ChannelId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { CommandContext, Commander } from './command-context.ts'

interface ChannelRow {
  name: string
  slug: string
  description: string | null
  type: ChannelType
  archivedAt: number | null
  posting: ChannelPosting
  retentionDays: number | null
  categoryId: CategoryId | null
}

/** A channel as it stands, and how the commander stands to it. */
export interface StandingChannel extends ChannelRow {
  standing: ChannelStanding
}

/** Throws `not_found` for a channel that the commander may not know of. */
export function requireChannel(
  sqlite: SqliteConnection,
  commander: Commander,
  channelId: ChannelId,
): StandingChannel {
  const row = sqlite
    .prepare<[string], ChannelRow>(
      `SELECT name, slug, description, type, archived_at AS archivedAt, posting,
         retention_days AS retentionDays, category_id AS categoryId
       FROM channels WHERE id = ?`,
    )
    .get(channelId)
  const standing = {
    isPublic: row?.type === 'PUBLIC',
    workspaceRole: commander.role,
    channelRole: readRole(sqlite, channelId, commander.userId),
  }
  if (row === undefined || !mayInChannel(standing, 'read')) throw new AppError('not_found')
  return { ...row, standing }
}

/** Throws `forbidden` unless the commander has the right in this channel. */
export function requireChannelRight({ standing }: StandingChannel, right: ChannelRight): void {
  if (!mayInChannel(standing, right)) throw new AppError('forbidden')
}

/** Undefined for somebody who is not in the channel. */
export function readRole(
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

/** Puts a change of somebody's membership in force, and tells them and the channel. */
export function announceMembership(
  context: CommandContext,
  channelId: ChannelId,
  userId: UserId,
): void {
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
