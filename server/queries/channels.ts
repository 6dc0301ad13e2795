/** Reads channels and who is in them. */
import { sql } from 'kysely'
import { z } from 'zod'
import type { Channel, ChannelType, Member } from '../../shared/api/channels.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import { mayInWorkspace } from '../../shared/guard/permissions.ts'
import type { ChannelId, UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import { parseCursor, toPage } from './cursor.ts'
import { withLastMessages } from './last-messages.ts'
import { withReadings } from './reading.ts'

const positionSchema = z.tuple([z.literal('channels'), z.string()])
const memberPositionSchema = z.tuple([z.literal('members'), z.string()])

export interface Reader {
  userId: UserId
  role: WorkspaceRole
}

interface ListChannels {
  type?: ChannelType | undefined
  limit: number
  cursor?: string | undefined
}

function selectChannels({ kysely }: Database, { userId, role }: Reader) {
  const query = kysely
    .selectFrom('channels')
    .leftJoin('channel_members as mine', (join) =>
      join.onRef('mine.channel_id', '=', 'channels.id').on('mine.user_id', '=', userId),
    )
    .select((builder) => [
      'channels.id',
      'channels.name',
      'channels.slug',
      'channels.description',
      'channels.type',
      'channels.created_by as createdBy',
      'channels.created_at as createdAt',
      'channels.archived_at as archivedAt',
      'channels.posting',
      'channels.retention_days as retentionDays',
      sql<number | null>`nullif(coalesce(channels.retention_days,
        (SELECT retention_days FROM workspace_settings)), 0)`.as('messagesKeptDays'),
      'channels.category_id as categoryId',
      'channels.position',
      'channels.last_message_at as lastMessageAt',
      'channels.newest_segment as newestSegment',
      'mine.role as myRole',
      'mine.muted',
      'mine.notify_level as notifyLevel',
      builder
        .selectFrom('channel_members as member')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('member.channel_id', '=', 'channels.id')
        .$asScalar()
        .$notNull()
        .as('memberCount'),
    ])
  return mayInWorkspace(role, 'seePublicChannels')
    ? query.where(({ eb, or }) =>
        or([eb('mine.user_id', 'is not', null), eb('channels.type', '=', 'PUBLIC')]),
      )
    : query.where('mine.user_id', 'is not', null)
}

/** All channels that the reader is in, and the public ones unless they are a guest. */
export async function listChannels(
  database: Database,
  reader: Reader,
  { type, limit, cursor }: ListChannels,
): Promise<{ channels: Channel[]; nextCursor: string | null }> {
  let query = selectChannels(database, reader).orderBy('channels.slug')
  if (type !== undefined) query = query.where('channels.type', '=', type)
  if (cursor !== undefined) {
    const [, slug] = parseCursor(positionSchema, cursor)
    query = query.where('channels.slug', '>', slug)
  }
  const page = toPage(await query.limit(limit + 1).execute(), limit, (row) => [
    'channels',
    row.slug,
  ])
  return { channels: complete(database, reader, page.rows), nextCursor: page.nextCursor }
}

/** One channel; throws `not_found` also when the reader may not know of it. */
export async function getChannel(
  database: Database,
  reader: Reader,
  channelId: ChannelId,
): Promise<Channel> {
  const row = await selectChannels(database, reader)
    .where('channels.id', '=', channelId)
    .executeTakeFirst()
  const [channel] = complete(database, reader, row === undefined ? [] : [row])
  if (channel === undefined) throw new AppError('not_found')
  return channel
}

/** Adds what is said in the channels and what of it the reader has not read. */
function complete<Row extends { id: ChannelId; muted: number | null }>(
  { sqlite }: Database,
  { userId }: Reader,
  rows: readonly Row[],
) {
  const reader = { kind: 'channel', userId } as const
  return withReadings(sqlite, reader, withLastMessages(sqlite, 'channel', rows)).map((row) => ({
    ...row,
    muted: row.muted === 1,
  }))
}

interface ListMembers {
  limit: number
  cursor?: string | undefined
  asker: UserId
}

function selectMembers({ kysely }: Database, channelId: ChannelId) {
  return kysely
    .selectFrom('channel_members')
    .select(['user_id as userId', 'role', 'joined_at as joinedAt'])
    .select(['muted', 'notify_level as notifyLevel'])
    .where('channel_id', '=', channelId)
}

type MemberRow = Awaited<ReturnType<ReturnType<typeof selectMembers>['execute']>>[number]

/** What somebody wishes to hear of a channel is nobody else's business. */
function toMember({ muted, notifyLevel, ...member }: MemberRow, asker: UserId): Member {
  return member.userId === asker ? { ...member, muted: muted === 1, notifyLevel } : member
}

/** The members of a channel by id; the caller has checked that the asker may read it. */
export async function listMembers(
  database: Database,
  channelId: ChannelId,
  { limit, cursor, asker }: ListMembers,
): Promise<{ members: Member[]; nextCursor: string | null }> {
  let query = selectMembers(database, channelId).orderBy('user_id')
  if (cursor !== undefined) {
    const [, after] = parseCursor(memberPositionSchema, cursor)
    query = query.where('user_id', '>', after as UserId) // compared, not trusted
  }
  const page = toPage(await query.limit(limit + 1).execute(), limit, (row) => [
    'members',
    row.userId,
  ])
  const members = page.rows.map((row) => toMember(row, asker))
  return { members, nextCursor: page.nextCursor }
}

/** One member; throws `not_found` for those who are not in the channel. */
export async function getMember(
  database: Database,
  channelId: ChannelId,
  { userId, asker }: { userId: UserId; asker: UserId },
): Promise<Member> {
  const row = await selectMembers(database, channelId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found')
  return toMember(row, asker)
}
