/**
 * Reads how far somebody has read in conversations and what is unread there: one statement for a
 * whole list. Of what arrived since, only the newest are looked at, so that nobody pays for having
 * been away long.
 */
import { MAX_UNREAD, type Reading } from '../../shared/api/reading.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { messageTables } from '../projection/project-message.ts'

interface ReadingRow extends Reading {
  id: ConversationId
  /** When the newest message arrived, whoever wrote it. */
  newestArrivalAt: number | null
}

/** What is told of a conversation that somebody is not in. */
export const nothingRead: Reading = { lastReadMessageId: null, unreadCount: 0, mentionCount: 0 }

/** What is read and unread in each of these conversations that the person is in. */
export function readReadings(
  sqlite: SqliteConnection,
  kind: Conversation['kind'],
  userId: UserId,
  ids: readonly ConversationId[],
): Map<ConversationId, ReadingRow> {
  const rows = prepareOnce<[Record<string, unknown>], ReadingRow>(
    sqlite,
    selectReadingsSql(kind),
  ).all({ userId, ids: JSON.stringify(ids), limit: MAX_UNREAD })
  return new Map(rows.map((row) => [row.id, row]))
}

/** Adds to channels or threads what the person has read and not read in them. */
export function withReadings<Row extends { id: ConversationId }>(
  sqlite: SqliteConnection,
  reader: { kind: Conversation['kind']; userId: UserId },
  rows: readonly Row[],
): (Row & Reading)[] {
  const ids = rows.map(({ id }) => id)
  const readings = readReadings(sqlite, reader.kind, reader.userId, ids)
  return rows.map((row) => ({ ...row, ...readingOf(readings.get(row.id)) }))
}

/** The reading of one conversation; of one that the person is not in, nothing. */
export function readReading(
  sqlite: SqliteConnection,
  { kind, id }: Conversation,
  userId: UserId,
): Reading {
  return readingOf(readReadings(sqlite, kind, userId, [id]).get(id))
}

export function readingOf(row: Reading | undefined): Reading {
  if (row === undefined) return nothingRead
  const { lastReadMessageId, unreadCount, mentionCount } = row
  return { lastReadMessageId, unreadCount, mentionCount }
}

/** Whether a message names `@userId`, everybody in the conversation, or those who are here. */
const MENTIONS = `EXISTS (SELECT 1 FROM mentions
  WHERE mentions.conversation_id = receipt.conversation_id AND mentions.message_id = arrived.id
    AND (mentions.user_id = @userId OR mentions.group_name IS NOT NULL))`

function selectReadingsSql(kind: Conversation['kind']): string {
  const { table, owner } = messageTables[kind]
  /** The newest messages that arrived after what is read. */
  const arrivedSql = (columns: string): string =>
    `SELECT ${columns} FROM ${table} AS message
     WHERE message.${owner} = receipt.conversation_id AND message.deleted_at IS NULL
       AND (message.received_at, message.id)
         > (receipt.received_at, coalesce(receipt.message_id, ''))
     ORDER BY message.received_at DESC, message.id DESC LIMIT @limit`
  return `SELECT receipt.conversation_id AS id, receipt.message_id AS lastReadMessageId,
      (SELECT count(*) FROM (${arrivedSql('author_id, parent_id')})
       WHERE author_id <> @userId AND parent_id IS NULL) AS unreadCount,
      (SELECT count(*) FROM (${arrivedSql('id, author_id')}) AS arrived
       WHERE author_id <> @userId AND ${MENTIONS}) AS mentionCount,
      (SELECT max(received_at) FROM ${table}
       WHERE ${owner} = receipt.conversation_id AND deleted_at IS NULL) AS newestArrivalAt
    FROM read_receipts AS receipt
    WHERE receipt.user_id = @userId
      AND receipt.conversation_id IN (SELECT value FROM json_each(@ids))`
}
