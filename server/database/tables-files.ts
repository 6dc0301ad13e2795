/** Columns of the table of uploaded files (migration 0010). */
import type { ConversationId, FileId, MessageId, UserId } from '../../shared/ids.ts'

interface FileUploadsTable {
  id: FileId
  owner_id: UserId
  name: string
  size_bytes: number
  type: string
  checksum: string
  width: number | null
  height: number | null
  thumbnail_bytes: number | null
  conversation_kind: 'channel' | 'dm' | null
  conversation_id: ConversationId | null
  message_id: MessageId | null
  attached_at: number | null
  created_at: number
  stored_at: number | null
  deleted_at: number | null
}

export interface FileTables {
  file_uploads: FileUploadsTable
}
