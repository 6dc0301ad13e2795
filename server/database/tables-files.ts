/** Columns of the tables of uploaded files and of who names them (migrations 0010 and 0018). */
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

interface MessageFilesTable {
  conversation_id: ConversationId
  message_id: MessageId
  file_id: FileId
}

export interface FileTables {
  file_uploads: FileUploadsTable
  message_files: MessageFilesTable
}
