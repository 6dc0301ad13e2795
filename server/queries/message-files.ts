/** Reads the files of messages: only those that are attached in the same conversation. */
import type { MessageFile } from '../../shared/api/files.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import type { FileId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'

interface FileRow extends Omit<MessageFile, 'hasThumbnail'> {
  hasThumbnail: number
}

/** The files that these messages name and that their readers may see, by id; one statement. */
export function readMessageFiles(
  sqlite: SqliteConnection,
  { id }: Conversation,
  messages: readonly { fileIds: readonly FileId[] }[],
): Map<FileId, MessageFile> {
  const named = messages.flatMap(({ fileIds }) => fileIds)
  if (named.length === 0) return new Map()
  const rows = prepareOnce<[string, string], FileRow>(
    sqlite,
    `SELECT id, name, size_bytes AS size, type, width, height,
       thumbnail_bytes IS NOT NULL AS hasThumbnail
     FROM file_uploads
     WHERE id IN (SELECT value FROM json_each(?)) AND conversation_id = ? AND deleted_at IS NULL`,
  ).all(JSON.stringify(named), id)
  return new Map(
    rows.map((row): [FileId, MessageFile] => [
      row.id,
      { ...row, hasThumbnail: row.hasThumbnail === 1 },
    ]),
  )
}

/**
 * Throws `unknown_file` unless this person may put each of the files on a message here: their own that
 * are attached to nothing, and those that the conversation has already.
 */
export function requireAttachable(
  sqlite: SqliteConnection,
  { id }: Conversation,
  userId: UserId,
  fileIds: readonly FileId[],
): void {
  const select = prepareOnce(
    sqlite,
    `SELECT 1 FROM file_uploads
     WHERE id = @fileId AND stored_at IS NOT NULL AND deleted_at IS NULL
       AND (conversation_id = @id OR (conversation_id IS NULL AND owner_id = @userId))`,
  )
  for (const fileId of fileIds) {
    if (select.get({ fileId, id, userId }) === undefined) throw new AppError('unknown_file')
  }
}
