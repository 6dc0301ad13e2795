/**
 * The files that a message's record names -> which files it has. A file is attached by the first
 * message that names it, if its owner wrote that message; whatever else a record names is passed over,
 * so that naming somebody's file never opens it to the readers of the conversation. What it names is
 * kept for files that are uploaded later.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export interface FileChange {
  conversation: Conversation
  messageId: string
  record: MessageRecord
  /** The message was there before: an edit or a deletion may have taken files away. */
  isStanding: boolean
  /** Rows are made anew: which message has which file was decided as they came, and stays. */
  isRebuild: boolean
  time: number
}

export function createFileProjector(sqlite: SqliteConnection): (change: FileChange) => void {
  const attach = sqlite.prepare(
    `UPDATE file_uploads SET conversation_kind = @kind, conversation_id = @conversationId,
       message_id = @messageId, attached_at = @time
     WHERE id = @fileId AND owner_id = @authorId
       AND stored_at IS NOT NULL AND attached_at IS NULL AND deleted_at IS NULL`,
  )
  // Their bytes go after the commit, by the sweep.
  const removeOthers = sqlite.prepare(
    `UPDATE file_uploads SET deleted_at = @time
     WHERE conversation_id = @conversationId AND message_id = @messageId AND deleted_at IS NULL
       AND id NOT IN (SELECT value FROM json_each(@fileIds))`,
  )
  const name = sqlite.prepare(
    `INSERT INTO message_files (conversation_id, message_id, file_id)
     VALUES (@conversationId, @messageId, @fileId) ON CONFLICT DO NOTHING`,
  )
  const forgetOthers = sqlite.prepare(
    `DELETE FROM message_files WHERE conversation_id = @conversationId AND message_id = @messageId
       AND file_id NOT IN (SELECT value FROM json_each(@fileIds))`,
  )
  return ({ conversation: { kind, id }, messageId, record, isStanding, isRebuild, time }) => {
    const fileIds = 'fileIds' in record ? (record.fileIds ?? []) : []
    const place = { conversationId: id, messageId }
    if (isStanding) {
      const kept = { ...place, fileIds: JSON.stringify(fileIds) }
      removeOthers.run({ ...kept, time })
      forgetOthers.run(kept)
    }
    for (const fileId of fileIds) {
      name.run({ ...place, fileId })
      if (!isRebuild) attach.run({ ...place, time, kind, fileId, authorId: record.authorId })
    }
  }
}
