/** Columns of the engine's own tables (migrations 0004, 0016 and 0018). */
import type { Generated } from 'kysely'
import type { ConversationId, MessageId, UserId } from '../../shared/ids.ts'

interface DocumentsTable {
  name: string
  snapshot: Buffer | null
  snapshot_seq: number
  state_vector: Buffer | null
  projected_seq: number
  server_client_id: number
  created_at: number
}

interface DocumentUpdatesTable {
  seq: Generated<number>
  document_name: string
  user_id: UserId | null
  update_bytes: Buffer
  received_at: number
}

interface DocumentClientsTable {
  document_name: string
  client_id: number
  owner_id: string
}

interface StoreStateTable {
  id: number
  generation: number
  words_removed_at: Generated<number>
  words_purged_at: Generated<number>
}

interface LeftMarksTable {
  conversation_kind: 'channel' | 'dm'
  conversation_id: ConversationId
  message_id: MessageId
}

export interface EngineTables {
  documents: DocumentsTable
  document_updates: DocumentUpdatesTable
  document_clients: DocumentClientsTable
  store_state: StoreStateTable
  left_marks: LeftMarksTable
}
