/** Columns of the tables of messages and of reading them (migrations 0003, 0005 and 0008). */
import type { Generated } from 'kysely'
import type { ChannelId, ConversationId, MessageId, ThreadId, UserId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'

/** The columns that messages of channels and of DMs share. */
export interface MessageColumns {
  id: MessageId
  author_id: UserId
  content: string
  type: MessageRecord['type']
  version: number
  parent_id: MessageId | null
  reply_to_id: MessageId | null
  /** A JSON array of ids, or null when there are none. */
  file_ids: string | null
  created_at: number
  received_at: number
  edited_at: number | null
  deleted_at: number | null
  deleted_by: UserId | null
  /** Which document of the conversation's chain holds it. */
  segment: number
}

interface MessageRevisionsTable {
  id: Generated<number>
  conversation_id: ConversationId
  message_id: MessageId
  version: number
  content: string
  replaced_at: number
}

interface MessageReactionsTable {
  conversation_id: ConversationId
  message_id: MessageId
  user_id: UserId
  emoji: string
  created_at: number
}

interface MessagePinsTable {
  conversation_id: ConversationId
  message_id: MessageId
  user_id: UserId
  pinned_at: number
}

interface ReadReceiptsTable {
  user_id: UserId
  conversation_id: ConversationId
  message_id: MessageId | null
  received_at: number
  updated_at: number
}

interface IdempotencyKeysTable {
  user_id: UserId
  conversation_id: ConversationId
  key: string
  message_id: MessageId
  request_hash: string
  created_at: number
}

export interface ConversationTables {
  messages: MessageColumns & { channel_id: ChannelId }
  direct_messages: MessageColumns & { thread_id: ThreadId }
  message_revisions: MessageRevisionsTable
  message_reactions: MessageReactionsTable
  message_pins: MessagePinsTable
  read_receipts: ReadReceiptsTable
  idempotency_keys: IdempotencyKeysTable
}
