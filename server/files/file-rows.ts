/**
 * The rows of files: what is known of them, and what is left of whom. Each step is one statement or
 * one transaction, so that a quota holds however many uploads end at once.
 */
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import type { FileId, MessageId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import {
  createAttachUpload,
  toConversation,
  type Attachment,
  type MayWrite,
} from './attach-upload.ts'

export interface NewFile {
  id: FileId
  ownerId: UserId
  name: string
  sizeBytes: number
  type: string
  checksum: string
  width: number | null
  height: number | null
  thumbnailBytes: number | null
  createdAt: number
}

export interface StoredFile extends NewFile {
  /** The message that it is attached to. */
  attachment: Attachment | undefined
}

interface FileRow extends NewFile {
  conversationKind: Conversation['kind'] | null
  conversationId: string | null
  messageId: MessageId | null
  storedAt: number | null
}

export interface FileRows {
  /** A file that can be read; neither one that is still being written nor a deleted one. */
  find: (id: string) => StoredFile | undefined
  usedBytes: (ownerId: UserId) => number
  /**
   * Makes the row of a file whose bytes come next; undefined when the same file is there already.
   * Throws AppError `quota_exceeded`, `already_exists` for other bytes or people, `try_again` while
   * the same is being written or removed, and `unauthenticated` for who was deactivated meanwhile.
   */
  reserve: (file: NewFile, quotaBytes: number) => StoredFile | undefined
  /** All bytes are in the store; answers the message that had named the file before. */
  markStored: (file: Pick<NewFile, 'id' | 'ownerId'>, time: number) => Attachment | undefined
  /** Nobody can read it from now on; false when it was not there or is attached. */
  deleteUnattached: (id: FileId, time: number) => boolean
  /** Takes up what a crash left: rows whose bytes were never all there. */
  deleteUnfinished: (time: number) => void
  /** Deletes some of the files that were attached to nothing since before a time. */
  deleteOrphans: (createdBefore: number, time: number, limit: number) => number
  /** Some of the files whose bytes are to be removed. */
  listDeleted: (limit: number) => FileId[]
  /** Their bytes are gone. */
  forget: (id: FileId) => void
  exists: (id: string) => boolean
}

const SELECT = `SELECT id, owner_id AS ownerId, name, size_bytes AS sizeBytes, type, checksum, width,
    height, thumbnail_bytes AS thumbnailBytes, conversation_kind AS conversationKind,
    conversation_id AS conversationId, message_id AS messageId, created_at AS createdAt,
    stored_at AS storedAt
  FROM file_uploads`

export function createFileRows(sqlite: SqliteConnection, mayWrite: MayWrite): FileRows {
  const attachUpload = createAttachUpload(sqlite, mayWrite)
  const selectActive = sqlite.prepare('SELECT 1 FROM users WHERE id = ? AND deactivated_at IS NULL')
  const select = sqlite.prepare<[string], FileRow>(`${SELECT} WHERE id = ? AND deleted_at IS NULL`)
  const selectAny = sqlite.prepare<[string]>('SELECT 1 FROM file_uploads WHERE id = ?')
  const sumSizes = sqlite.prepare<[UserId], { used: number }>(
    `SELECT coalesce(sum(size_bytes), 0) AS used FROM file_uploads
     WHERE owner_id = ? AND deleted_at IS NULL`,
  )
  const insert = sqlite.prepare<[NewFile]>(
    `INSERT INTO file_uploads (id, owner_id, name, size_bytes, type, checksum, width, height,
       thumbnail_bytes, created_at)
     VALUES (@id, @ownerId, @name, @sizeBytes, @type, @checksum, @width, @height,
       @thumbnailBytes, @createdAt)`,
  )
  const store = sqlite.prepare('UPDATE file_uploads SET stored_at = ? WHERE id = ?')
  const deleteOne = sqlite.prepare(
    `UPDATE file_uploads SET deleted_at = ?
     WHERE id = ? AND attached_at IS NULL AND deleted_at IS NULL`,
  )
  const deleteUnfinished = sqlite.prepare(
    `UPDATE file_uploads SET deleted_at = ?
     WHERE stored_at IS NULL AND attached_at IS NULL AND deleted_at IS NULL`,
  )
  const deleteOrphans = sqlite.prepare(
    `UPDATE file_uploads SET deleted_at = @time WHERE id IN (
       SELECT id FROM file_uploads
       WHERE attached_at IS NULL AND deleted_at IS NULL AND created_at < @createdBefore
         AND stored_at IS NOT NULL
       ORDER BY created_at LIMIT @limit)`,
  )
  const selectDeleted = sqlite.prepare<[number], { id: FileId }>(
    'SELECT id FROM file_uploads WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT ?',
  )
  const forget = sqlite.prepare('DELETE FROM file_uploads WHERE id = ? AND deleted_at IS NOT NULL')
  const usedBytes = (ownerId: UserId): number => sumSizes.get(ownerId)?.used ?? 0

  const reserve = sqlite.transaction((file: NewFile, quotaBytes: number) => {
    const standing = select.get(file.id)
    if (standing !== undefined) {
      const isSame = standing.ownerId === file.ownerId && standing.checksum === file.checksum
      if (!isSame) throw new AppError('already_exists')
      if (standing.storedAt === null) throw new AppError('try_again')
      return toStoredFile(standing)
    }
    // The bytes of a deleted one may still be there, and would be removed under the new one.
    if (selectAny.get(file.id) !== undefined) throw new AppError('try_again')
    if (selectActive.get(file.ownerId) === undefined) throw new AppError('unauthenticated')
    if (usedBytes(file.ownerId) + file.sizeBytes > quotaBytes) throw new AppError('quota_exceeded')
    insert.run(file)
    return undefined
  })
  const markStored = sqlite.transaction(
    ({ id, ownerId }: Pick<NewFile, 'id' | 'ownerId'>, time: number) => {
      store.run(time, id)
      return attachUpload({ id, ownerId }, time)
    },
  )

  return {
    find(id) {
      const row = select.get(id)
      return row === undefined || row.storedAt === null ? undefined : toStoredFile(row)
    },
    usedBytes,
    reserve: (file, quotaBytes) => reserve.immediate(file, quotaBytes),
    markStored: (file, time) => markStored.immediate(file, time),
    deleteUnattached: (id, time) => deleteOne.run(time, id).changes === 1,
    deleteUnfinished: (time) => void deleteUnfinished.run(time),
    deleteOrphans: (createdBefore, time, limit) =>
      deleteOrphans.run({ createdBefore, time, limit }).changes,
    listDeleted: (limit) => selectDeleted.all(limit).map(({ id }) => id),
    forget: (id) => void forget.run(id),
    exists: (id) => selectAny.get(id) !== undefined,
  }
}

function toStoredFile(row: FileRow): StoredFile {
  const { conversationKind, conversationId, messageId, storedAt: _storedAt, ...file } = row
  if (conversationKind === null || messageId === null) return { ...file, attachment: undefined }
  const conversation = toConversation(conversationKind, conversationId)
  return { ...file, attachment: { conversation, messageId } }
}
