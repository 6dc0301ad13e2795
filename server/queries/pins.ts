/** Reads what is pinned in a conversation, the newest pin first. Deleted messages are left out. */
import { z } from 'zod'
import type { PinnedMessage } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { messageTables } from '../projection/project-message.ts'
import { parseCursor, toPage } from './cursor.ts'
import { selectMessagesSql, toMessages, type MessageRow } from './messages.ts'

interface PinRow {
  messageId: MessageId
  pinnedBy: UserId
  pinnedAt: number
}

const positionSchema = z.tuple([z.literal('pins'), z.number(), z.string()])

export function listPins(
  sqlite: SqliteConnection,
  conversation: Conversation,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { pins: PinnedMessage[]; nextCursor: string | null } {
  const { table, owner } = messageTables[conversation.kind]
  const conversationId = conversation.id
  const [, pinnedAt, messageId] =
    cursor === undefined
      ? ['pins', Number.MAX_SAFE_INTEGER, '']
      : parseCursor(positionSchema, cursor)
  const pins = prepareOnce<[Record<string, unknown>], PinRow>(
    sqlite,
    `SELECT pin.message_id AS messageId, pin.user_id AS pinnedBy, pin.pinned_at AS pinnedAt
     FROM message_pins AS pin CROSS JOIN ${table} AS message
       ON message.${owner} = pin.conversation_id AND message.id = pin.message_id
     WHERE pin.conversation_id = @conversationId AND message.deleted_at IS NULL
       AND (pin.pinned_at, pin.message_id) < (@pinnedAt, @messageId)
     ORDER BY pin.pinned_at DESC, pin.message_id DESC LIMIT @limit`,
  ).all({ conversationId, pinnedAt, messageId, limit: limit + 1 })
  const page = toPage(pins, limit, (pin) => ['pins', pin.pinnedAt, pin.messageId])
  const rows = prepareOnce<[Record<string, unknown>], MessageRow>(
    sqlite,
    `${selectMessagesSql(conversation)} AND message.id IN (SELECT value FROM json_each(@ids))`,
  ).all({ conversationId, ids: JSON.stringify(page.rows.map((pin) => pin.messageId)) })
  const byId = new Map(toMessages(sqlite, conversation, rows).map((each) => [each.id, each]))
  return {
    pins: page.rows.flatMap((pin) => {
      const message = byId.get(pin.messageId)
      return message ? [{ message, pinnedBy: pin.pinnedBy, pinnedAt: pin.pinnedAt }] : []
    }),
    nextCursor: page.nextCursor,
  }
}
