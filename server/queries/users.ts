/** Reads people. */
import { sql } from 'kysely'
import { z } from 'zod'
import type { Me, User, UserStatus } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import { parseCursor, toPage } from './cursor.ts'

const positionSchema = z.tuple([z.literal('users'), z.string(), z.string()])

interface ListUsers {
  search?: string | undefined
  limit: number
  cursor?: string | undefined
  /** ms UTC */
  now: number
}

function selectUsers({ kysely }: Database) {
  return kysely
    .selectFrom('users')
    .select((builder) => [
      'users.id',
      'users.email',
      'users.name',
      'users.display_name as displayName',
      'users.avatar_url as avatarUrl',
      'users.bio',
      'users.role',
      'users.last_seen_at as lastSeenAt',
      'users.created_at as createdAt',
      'users.status',
      'users.status_text as statusText',
      'users.status_emoji as statusEmoji',
      'users.status_expires_at as statusExpiresAt',
      'users.deactivated_at as deactivatedAt',
      builder
        .exists(
          builder
            .selectFrom('accounts')
            .select('accounts.id')
            .whereRef('accounts.user_id', '=', 'users.id'),
        )
        .as('hasAccount'),
    ])
}

type UserRow = Awaited<ReturnType<ReturnType<typeof selectUsers>['execute']>>[number]

function toUser(row: UserRow, now: number): User {
  const { id, name, displayName, avatarUrl, bio, role, lastSeenAt, createdAt } = row
  return {
    ...{ id, name, displayName, avatarUrl, bio, role, lastSeenAt, createdAt },
    isActive: row.deactivatedAt === null && Boolean(row.hasAccount),
    status: toStatus(row, now),
  }
}

type StatusRow = Pick<UserRow, 'status' | 'statusText' | 'statusEmoji' | 'statusExpiresAt'>

/** What has run out is not there any more, whether or not the row has been cleared yet. */
function toStatus(row: StatusRow, now: number): UserStatus {
  const { status, statusText: text, statusEmoji: emoji, statusExpiresAt: expiresAt } = row
  if (expiresAt !== null && expiresAt <= now) {
    return { status: 'ONLINE', text: null, emoji: null, expiresAt: null }
  }
  return { status, text, emoji, expiresAt }
}

/** People by name; `search` matches parts of names, and an e-mail address as a whole. */
export async function listUsers(
  database: Database,
  { search, limit, cursor, now }: ListUsers,
): Promise<{ users: User[]; nextCursor: string | null }> {
  let query = selectUsers(database)
    .orderBy('users.name', (order) => order.collate('nocase'))
    .orderBy('users.id')
  if (search !== undefined) {
    const pattern = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
    query = query.where(({ eb, fn, or, val }) =>
      or([
        eb(fn('like', [val(pattern), 'users.name', val('\\')]), '=', 1),
        eb(fn('like', [val(pattern), 'users.display_name', val('\\')]), '=', 1),
        eb(fn<string>('lower', ['users.email']), '=', search.toLowerCase()),
      ]),
    )
  }
  if (cursor !== undefined) {
    const [, name, id] = parseCursor(positionSchema, cursor)
    query = query.where(sql<boolean>`(users.name COLLATE NOCASE, users.id) > (${name}, ${id})`)
  }
  const { rows, nextCursor } = toPage(await query.limit(limit + 1).execute(), limit, (row) => [
    'users',
    row.name,
    row.id,
  ])
  return { users: rows.map((row) => toUser(row, now)), nextCursor }
}

/** One person; throws `not_found`. */
export async function getUser(database: Database, userId: UserId, now: number): Promise<User> {
  const row = await selectUsers(database).where('users.id', '=', userId).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found')
  return toUser(row, now)
}

/** The asker themself, with what only they may see. */
export async function getMe(database: Database, userId: UserId, now: number): Promise<Me> {
  const row = await selectUsers(database).where('users.id', '=', userId).executeTakeFirst()
  if (row === undefined || row.email === null) throw new AppError('not_found')
  return { ...toUser(row, now), email: row.email }
}
