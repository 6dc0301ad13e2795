/**
 * Reads a page of a conversation's messages with authors, reactions, files, threads and pins, in a
 * number of SQL statements that does not depend on the page's size.
 */
import { z } from 'zod'
import type { LocatedMessage, Message } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import { fileIdSchema, type MessageId, type UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { formatCursor, parseCursor } from './cursor.ts'
import { readThreadSummaries, type ThreadSummary } from './thread-summaries.ts'
import { readMessageFiles } from './message-files.ts'

interface PageQuery {
  limit: number
  cursor?: string | undefined
  before?: MessageId | undefined
  after?: MessageId | undefined
}

export interface MessagePage {
  messages: Message[]
  nextCursor: string | null
  prevCursor: string | null
}

export interface MessageRow {
  id: MessageId
  authorId: UserId
  authorName: string | null
  authorDisplayName: string | null
  authorAvatarUrl: string | null
  content: string
  type: Message['type']
  version: number
  parentId: MessageId | null
  replyToId: MessageId | null
  fileIds: string | null
  createdAt: number
  receivedAt: number
  editedAt: number | null
  deletedAt: number | null
  isPinned: number
  segment: number
}

interface ReactionRow {
  messageId: MessageId
  userId: UserId
  emoji: string
}

const cursorSchema = z.strictObject({
  direction: z.enum(['older', 'newer']),
  createdAt: z.number(),
  id: z.string(),
})
type Position = z.infer<typeof cursorSchema>

const fileIdsSchema = z.array(fileIdSchema)

/** The newest page, or the one before or after a message; oldest first within the page. */
export function listMessages(
  sqlite: SqliteConnection,
  conversation: Conversation,
  query: PageQuery,
): MessagePage {
  const position = findPosition(sqlite, conversation, query)
  const isNewer = position?.direction === 'newer'
  const found = selectRows(sqlite, conversation, position, query.limit + 1)
  const hasMore = found.length > query.limit
  const page = found.slice(0, query.limit)
  const rows = isNewer ? page : page.toReversed()
  const first = rows[0]
  const last = rows.at(-1)
  const hasOlder = isNewer ? position !== undefined : hasMore
  const hasNewer = isNewer ? hasMore : position !== undefined
  return {
    messages: toMessages(sqlite, conversation, rows),
    nextCursor: hasOlder && first ? cursorOf('older', first) : null,
    prevCursor: hasNewer && last ? cursorOf('newer', last) : null,
  }
}

/** One message; throws `not_found`. */
export function getMessage(
  sqlite: SqliteConnection,
  conversation: Conversation,
  id: MessageId,
): Message {
  const rows = prepareOnce<[Record<string, unknown>], MessageRow>(
    sqlite,
    `${selectMessagesSql(conversation)} AND message.id = @id`,
  ).all({ conversationId: conversation.id, id })
  const [message] = toMessages(sqlite, conversation, rows)
  if (message === undefined) throw new AppError('not_found')
  return message
}

/** These messages of a conversation, as far as they are there, in no order. */
export function readMessages(
  sqlite: SqliteConnection,
  conversation: Conversation,
  ids: readonly string[],
): Message[] {
  const rows = sqlite
    .prepare<[Record<string, unknown>], MessageRow>(
      `${selectMessagesSql(conversation)} AND message.id IN (SELECT value FROM json_each(@ids))`,
    )
    .all({ conversationId: conversation.id, ids: JSON.stringify(ids) })
  return toMessages(sqlite, conversation, rows)
}

/** One message, and which documents hold it and its thread; throws `not_found`. */
export function locateMessage(
  sqlite: SqliteConnection,
  conversation: Conversation,
  id: MessageId,
): LocatedMessage {
  const { table, owner } = tableOf(conversation)
  const replySegments = prepareOnce<[Record<string, unknown>], { segment: number }>(
    sqlite,
    `SELECT DISTINCT segment FROM ${table}
     WHERE ${owner} = @conversationId AND parent_id = @id ORDER BY segment`,
  )
    .all({ conversationId: conversation.id, id })
    .map(({ segment }) => segment)
  return { ...getMessage(sqlite, conversation, id), replySegments }
}

function cursorOf(direction: Position['direction'], { createdAt, id }: MessageRow): string {
  return formatCursor({ direction, createdAt, id } satisfies Position)
}

function findPosition(
  sqlite: SqliteConnection,
  conversation: Conversation,
  { cursor, before, after }: PageQuery,
): Position | undefined {
  if (cursor !== undefined) return parseCursor(cursorSchema, cursor)
  const id = before ?? after
  if (id === undefined) return undefined
  const { createdAt } = getMessage(sqlite, conversation, id)
  return { direction: before === undefined ? 'newer' : 'older', createdAt, id }
}

function tableOf({ kind }: Conversation): { table: string; owner: string } {
  return kind === 'channel'
    ? { table: 'messages', owner: 'channel_id' }
    : { table: 'direct_messages', owner: 'thread_id' }
}

/** Selects MessageRows of `@conversationId`; conditions on `message` may follow. */
export function selectMessagesSql(conversation: Conversation): string {
  const { table, owner } = tableOf(conversation)
  return `SELECT message.id, message.author_id AS authorId, users.name AS authorName,
      users.display_name AS authorDisplayName, users.avatar_url AS authorAvatarUrl,
      message.content, message.type, message.version, message.parent_id AS parentId,
      message.reply_to_id AS replyToId, message.file_ids AS fileIds,
      message.created_at AS createdAt, message.received_at AS receivedAt,
      message.edited_at AS editedAt, message.deleted_at AS deletedAt, message.segment,
      EXISTS (SELECT 1 FROM message_pins AS pin
        WHERE pin.conversation_id = message.${owner} AND pin.message_id = message.id) AS isPinned
    FROM ${table} AS message LEFT JOIN users ON users.id = message.author_id
    WHERE message.${owner} = @conversationId`
}

function selectRows(
  sqlite: SqliteConnection,
  conversation: Conversation,
  position: Position | undefined,
  limit: number,
): MessageRow[] {
  const isNewer = position?.direction === 'newer'
  const comparison = isNewer ? '>' : '<'
  const order = isNewer ? 'ASC' : 'DESC'
  const condition =
    position && `AND (message.created_at, message.id) ${comparison} (@createdAt, @id)`
  return prepareOnce<[Record<string, unknown>], MessageRow>(
    sqlite,
    `${selectMessagesSql(conversation)} ${condition ?? ''}
     ORDER BY message.created_at ${order}, message.id ${order} LIMIT @limit`,
  ).all({
    conversationId: conversation.id,
    limit,
    ...(position && { createdAt: position.createdAt, id: position.id }),
  })
}

/** Adds to rows what stands in other tables, in one statement for each of them. */
export function toMessages(
  sqlite: SqliteConnection,
  conversation: Conversation,
  rows: readonly MessageRow[],
): Message[] {
  const ids = rows.map((row) => row.id)
  const reactions = prepareOnce<[string, string], ReactionRow>(
    sqlite,
    `SELECT message_id AS messageId, user_id AS userId, emoji FROM message_reactions
     WHERE conversation_id = ? AND message_id IN (SELECT value FROM json_each(?))
     ORDER BY created_at, emoji, user_id`,
  ).all(conversation.id, JSON.stringify(ids))
  const byMessage = Map.groupBy(reactions, ({ messageId }) => messageId)
  const threads = readThreadSummaries(sqlite, conversation, ids)
  const messages = rows.map((row) =>
    toMessage(row, byMessage.get(row.id) ?? [], threads.get(row.id) ?? noThread),
  )
  const files = readMessageFiles(sqlite, conversation, messages)
  return messages.map((message) => ({
    ...message,
    files: message.fileIds.flatMap((id) => files.get(id) ?? []),
  }))
}

const noThread: ThreadSummary = { replyCount: 0, lastRepliers: [] }

function toMessage(
  row: MessageRow,
  reactions: readonly ReactionRow[],
  thread: ThreadSummary,
): Omit<Message, 'files'> {
  const { authorId, authorName, authorDisplayName, authorAvatarUrl, fileIds, isPinned, ...rest } =
    row
  return {
    ...rest,
    ...thread,
    author: {
      id: authorId,
      // Whoever was erased leaves messages behind, but no name.
      name: authorName ?? 'Unknown',
      displayName: authorDisplayName,
      avatarUrl: authorAvatarUrl,
    },
    fileIds: fileIds === null ? [] : fileIdsSchema.parse(JSON.parse(fileIds)),
    isPinned: isPinned === 1,
    reactions: [...Map.groupBy(reactions, ({ emoji }) => emoji)].map(([emoji, given]) => ({
      emoji,
      count: given.length,
      userIds: given.map(({ userId }) => userId),
    })),
  }
}
