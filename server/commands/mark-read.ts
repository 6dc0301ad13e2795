/**
 * Moves the mark up to which somebody has read a conversation, and with it what they were notified
 * of there. Their other devices hear of it.
 */
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from '../projection/project-message.ts'
import type { CommandContext } from './command-context.ts'

interface MarkedMessage {
  conversation: Conversation
  messageId: MessageId
}

/**
 * Marks read what arrived up to this message. A mark never moves back, so devices may report in any
 * order. What notified of these messages is read, too; of replies only where the message is one of
 * the same thread, since nobody passes them while reading the conversation. Throws
 * `unknown_message`, and `not_member` for who is not in the conversation.
 */
export function markRead(context: CommandContext, userId: UserId, message: MarkedMessage): void {
  const { sqlite } = context.database
  const changed = sqlite.transaction(() => {
    const { receivedAt, parentId } = readArrival(sqlite, message)
    requireReceipt(sqlite, userId, message.conversation)
    const change = { ...placeOf(message), userId, receivedAt, parentId, time: context.now() }
    const marks = sqlite
      .prepare(
        `UPDATE read_receipts
         SET message_id = @messageId, received_at = @receivedAt, updated_at = @time
         WHERE user_id = @userId AND conversation_id = @conversationId
           AND (received_at, coalesce(message_id, '')) < (@receivedAt, @messageId)`,
      )
      .run(change).changes
    const notifications = sqlite.prepare(readNotificationsSql(message.conversation)).run(change)
    return { marks, notifications: notifications.changes }
  })()
  if (changed.marks > 0) announce(context, userId, message)
  if (changed.notifications > 0) context.notifier.publish([userId], { topic: 'notifications' })
}

/** Marks this message and what arrived after it unread. Throws like `markRead`. */
export function markUnread(context: CommandContext, userId: UserId, message: MarkedMessage): void {
  const { sqlite } = context.database
  sqlite.transaction(() => {
    const { receivedAt } = readArrival(sqlite, message)
    requireReceipt(sqlite, userId, message.conversation)
    const previous = readPrevious(sqlite, message, receivedAt)
    sqlite
      .prepare(
        `UPDATE read_receipts
         SET message_id = @previousId, received_at = @previousAt, updated_at = @time
         WHERE user_id = @userId AND conversation_id = @conversationId`,
      )
      .run({
        ...placeOf(message),
        userId,
        previousId: previous?.id ?? null,
        previousAt: previous?.receivedAt ?? 0,
        time: context.now(),
      })
  })()
  announce(context, userId, message)
}

function placeOf({ conversation, messageId }: MarkedMessage) {
  return { conversationId: conversation.id, messageId }
}

/** A reaction is read where one finds it: it has no place among the messages. */
function readNotificationsSql({ kind }: Conversation): string {
  const { table, owner } = messageTables[kind]
  return `UPDATE notifications SET read_at = @time
    WHERE user_id = @userId AND read_at IS NULL AND conversation_id = @conversationId
      AND kind <> 'REACTION'
      AND EXISTS (SELECT 1 FROM ${table} AS message
        WHERE message.${owner} = notifications.conversation_id
          AND message.id = notifications.message_id
          AND (message.received_at, message.id) <= (@receivedAt, @messageId)
          AND (message.parent_id IS NULL OR message.parent_id = @parentId))`
}

interface Arrival {
  receivedAt: number
  parentId: MessageId | null
}

function readArrival(sqlite: SqliteConnection, message: MarkedMessage): Arrival {
  const { table, owner } = messageTables[message.conversation.kind]
  const row = sqlite
    .prepare<[Record<string, unknown>], Arrival>(
      `SELECT received_at AS receivedAt, parent_id AS parentId FROM ${table}
       WHERE ${owner} = @conversationId AND id = @messageId`,
    )
    .get(placeOf(message))
  if (row === undefined) throw new AppError('unknown_message')
  return row
}

/** The message that arrived just before; undefined for the first one. */
function readPrevious(
  sqlite: SqliteConnection,
  message: MarkedMessage,
  receivedAt: number,
): { id: MessageId; receivedAt: number } | undefined {
  const { table, owner } = messageTables[message.conversation.kind]
  return sqlite
    .prepare<[Record<string, unknown>], { id: MessageId; receivedAt: number }>(
      `SELECT id, received_at AS receivedAt FROM ${table}
       WHERE ${owner} = @conversationId AND deleted_at IS NULL
         AND (received_at, id) < (@receivedAt, @messageId)
       ORDER BY received_at DESC, id DESC LIMIT 1`,
    )
    .get({ ...placeOf(message), receivedAt })
}

/** Everybody who is in a conversation has a row; readers of a public channel need not be in it. */
function requireReceipt(
  sqlite: SqliteConnection,
  userId: UserId,
  { kind, id }: Conversation,
): void {
  const row = sqlite
    .prepare('SELECT 1 FROM read_receipts WHERE user_id = ? AND conversation_id = ?')
    .get(userId, id)
  if (row === undefined) throw new AppError(kind === 'dm' ? 'not_participant' : 'not_member')
}

function announce({ notifier }: CommandContext, userId: UserId, { conversation }: MarkedMessage) {
  notifier.publish([userId], { topic: 'reads', conversationId: conversation.id })
}
