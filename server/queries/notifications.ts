/** Reads what somebody was notified of, as far as they may still read it. */
import { sql } from 'kysely'
import { z } from 'zod'
import { notificationSchema, type Notification } from '../../shared/api/notifications.ts'
import type { UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { parseCursor, toPage } from './cursor.ts'

const EXCERPT_LENGTH = 200
const positionSchema = z.tuple([z.number(), z.string()])

/** A condition on a notification `n`: its person may read the conversation now. */
export const MAY_BE_READ = `CASE n.conversation_kind
  WHEN 'dm' THEN EXISTS (SELECT 1 FROM direct_message_participants AS access
    WHERE access.thread_id = n.conversation_id AND access.user_id = n.user_id)
  ELSE EXISTS (SELECT 1 FROM channels AS place
    JOIN users AS reader ON reader.id = n.user_id
    LEFT JOIN channel_members AS access
      ON access.channel_id = place.id AND access.user_id = reader.id
    WHERE place.id = n.conversation_id
      AND (access.user_id IS NOT NULL OR (place.type = 'PUBLIC' AND reader.role <> 'GUEST')))
  END`

/** The content of the message that a notification `n` is of. */
export const MESSAGE_CONTENT = `CASE n.conversation_kind
  WHEN 'dm' THEN (SELECT content FROM direct_messages
    WHERE thread_id = n.conversation_id AND id = n.message_id)
  ELSE (SELECT content FROM messages WHERE channel_id = n.conversation_id AND id = n.message_id)
  END`

interface ListNotifications {
  unreadOnly: boolean
  limit: number
  cursor?: string | undefined
}

/** The newest first. */
export async function listNotifications(
  { kysely }: Database,
  userId: UserId,
  { unreadOnly, limit, cursor }: ListNotifications,
): Promise<{ notifications: Notification[]; nextCursor: string | null }> {
  let query = kysely
    .selectFrom('notifications as n')
    .where('n.user_id', '=', userId)
    .where('n.dismissed_at', 'is', null)
    .where(sql<boolean>`${sql.raw(MAY_BE_READ)}`)
    .orderBy('n.created_at', 'desc')
    .orderBy('n.id', 'desc')
    .select([
      'n.id',
      'n.kind',
      'n.conversation_kind as conversationKind',
      'n.conversation_id as conversationId',
      'n.message_id as messageId',
      'n.actor_id as actorId',
      'n.is_urgent as isUrgent',
      'n.created_at as createdAt',
      'n.read_at as readAt',
      sql<string | null>`${sql.raw(MESSAGE_CONTENT)}`.as('content'),
    ])
  if (unreadOnly) query = query.where('n.read_at', 'is', null)
  if (cursor !== undefined) {
    const [time, id] = parseCursor(positionSchema, cursor)
    query = query.where(sql<boolean>`(n.created_at, n.id) < (${time}, ${id})`)
  }
  const page = toPage(await query.limit(limit + 1).execute(), limit, (row) => [
    row.createdAt,
    row.id,
  ])
  const notifications = page.rows.map(({ conversationKind, conversationId, content, ...row }) =>
    notificationSchema.parse({
      ...row,
      conversation: { kind: conversationKind, id: conversationId },
      excerpt: excerptOf(content ?? ''),
      isUrgent: row.isUrgent === 1,
    }),
  )
  return { notifications, nextCursor: page.nextCursor }
}

/** How a message begins, cut between two characters. */
export function excerptOf(content: string): string {
  const cut = content.slice(0, EXCERPT_LENGTH).replace(/[\uD800-\uDBFF]$/, '')
  return cut.length < content.length ? `${cut}…` : cut
}

/** How many of what `listNotifications` would list are not read. */
export function countUnread({ sqlite }: Pick<Database, 'sqlite'>, userId: UserId): number {
  const row = prepareOnce<[string], { count: number }>(
    sqlite,
    `SELECT count(*) AS count FROM notifications AS n
     WHERE n.user_id = ? AND n.read_at IS NULL AND n.dismissed_at IS NULL AND ${MAY_BE_READ}`,
  ).get(userId)
  return row?.count ?? 0
}
