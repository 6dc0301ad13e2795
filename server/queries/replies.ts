/** Reads the replies to a message, oldest first. */
import { z } from 'zod'
import type { Message } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { parseCursor, toPage } from './cursor.ts'
import { getMessage, selectMessagesSql, toMessages, type MessageRow } from './messages.ts'

const positionSchema = z.tuple([z.literal('replies'), z.number(), z.string()])

/** A page of a thread, deleted replies as tombstones; throws `not_found` without such a message. */
export function listReplies(
  sqlite: SqliteConnection,
  conversation: Conversation,
  parentId: MessageId,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { messages: Message[]; nextCursor: string | null } {
  getMessage(sqlite, conversation, parentId)
  const [, createdAt, id] =
    cursor === undefined ? ['replies', -1, ''] : parseCursor(positionSchema, cursor)
  const rows = prepareOnce<[Record<string, unknown>], MessageRow>(
    sqlite,
    `${selectMessagesSql(conversation)} AND message.parent_id = @parentId
       AND (message.created_at, message.id) > (@createdAt, @id)
     ORDER BY message.created_at, message.id LIMIT @limit`,
  ).all({ conversationId: conversation.id, parentId, createdAt, id, limit: limit + 1 })
  const page = toPage(rows, limit, (row) => ['replies', row.createdAt, row.id])
  return { messages: toMessages(sqlite, conversation, page.rows), nextCursor: page.nextCursor }
}
