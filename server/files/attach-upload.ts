/**
 * A file whose last byte has come -> the message that has named it already, if there is one: a browser
 * that was offline may send its message first. Only the file's owner's own messages count, the one that
 * arrived first of them, and only where its owner may still write: nobody who was removed from a
 * channel puts anything more into it.
 */
import type { Conversation } from '../../shared/document/names.ts'
import {
  channelIdSchema,
  threadIdSchema,
  type FileId,
  type MessageId,
  type UserId,
} from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export interface Attachment {
  conversation: Conversation
  messageId: MessageId
}

export type MayWrite = (userId: UserId, conversation: Conversation) => boolean

export interface UploadedFile {
  id: FileId
  ownerId: UserId
}

interface NamingRow {
  kind: Conversation['kind']
  conversationId: string
  messageId: MessageId
}

/** Within the caller's transaction. */
export type AttachUpload = (file: UploadedFile, time: number) => Attachment | undefined

export function createAttachUpload(sqlite: SqliteConnection, mayWrite: MayWrite): AttachUpload {
  const selectNaming = sqlite.prepare<[UploadedFile], NamingRow>(
    `SELECT 'channel' AS kind, conversation_id AS conversationId, message_id AS messageId, received_at
     FROM message_files CROSS JOIN messages ON channel_id = conversation_id AND messages.id = message_id
     WHERE file_id = @id AND author_id = @ownerId AND deleted_at IS NULL
     UNION ALL
     SELECT 'dm', conversation_id, message_id, received_at
     FROM message_files CROSS JOIN direct_messages
       ON thread_id = conversation_id AND direct_messages.id = message_id
     WHERE file_id = @id AND author_id = @ownerId AND deleted_at IS NULL
     ORDER BY received_at, messageId`,
  )
  const attach = sqlite.prepare(
    `UPDATE file_uploads SET conversation_kind = @kind, conversation_id = @conversationId,
       message_id = @messageId, attached_at = @time
     WHERE id = @id AND stored_at IS NOT NULL AND attached_at IS NULL AND deleted_at IS NULL`,
  )
  return (file, time) => {
    for (const { kind, conversationId, messageId } of selectNaming.all(file)) {
      const conversation = toConversation(kind, conversationId)
      if (!mayWrite(file.ownerId, conversation)) continue
      const place = { kind, conversationId, messageId }
      return attach.run({ id: file.id, ...place, time }).changes === 1
        ? { conversation, messageId }
        : undefined
    }
    return undefined
  }
}

export function toConversation(kind: Conversation['kind'], id: string | null): Conversation {
  return kind === 'channel'
    ? { kind: 'channel', id: channelIdSchema.parse(id) }
    : { kind: 'dm', id: threadIdSchema.parse(id) }
}
