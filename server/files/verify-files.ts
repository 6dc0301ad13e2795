/** Compares the rows of files with the bytes in the store, and names each difference. Changes nothing. */
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { FileId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { fileKey, type FileStore } from './file-store.ts'

export interface KeptFile {
  id: FileId
  sizeBytes: number
  checksum: string
  /** Where its bytes are in the store; with the disk as store, paths below its folder. */
  keys: string[]
}

export interface FileDifference {
  id: FileId
  /** `misplaced`: it is attached to a message that does not name it. */
  problem: 'missing' | 'damaged' | 'no-thumbnail' | 'misplaced'
}

interface KeptRow {
  id: FileId
  sizeBytes: number
  checksum: string
  thumbnailBytes: number | null
}

/** Every file that can be read, in the order of ids. */
export function* listFiles(sqlite: SqliteConnection): Generator<KeptFile> {
  // In pages: an open cursor would keep everybody else from writing.
  const select = sqlite.prepare<[string], KeptRow>(
    `SELECT id, size_bytes AS sizeBytes, checksum, thumbnail_bytes AS thumbnailBytes
     FROM file_uploads
     WHERE id > ? AND stored_at IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT 500`,
  )
  for (let page = select.all(''); page.length > 0; page = select.all(page.at(-1)?.id ?? '')) {
    for (const { thumbnailBytes, ...file } of page) {
      const thumbnail = thumbnailBytes === null ? [] : [fileKey(file.id, 'thumbnail')]
      yield { ...file, keys: [fileKey(file.id, 'content'), ...thumbnail] }
    }
  }
}

/** Reads every byte; none missing or damaged means that all files are as they were uploaded. */
export async function verifyFiles(
  sqlite: SqliteConnection,
  store: FileStore,
): Promise<FileDifference[]> {
  const differences: FileDifference[] = []
  for (const { id, checksum, keys } of listFiles(sqlite)) {
    const [content = '', thumbnail] = keys
    const found = await readChecksum(store, content)
    if (found === undefined) differences.push({ id, problem: 'missing' })
    else if (found !== checksum) differences.push({ id, problem: 'damaged' })
    // What it was when it was made is noted nowhere.
    const isThere = thumbnail === undefined || (await readChecksum(store, thumbnail)) !== undefined
    if (!isThere) differences.push({ id, problem: 'no-thumbnail' })
  }
  return [
    ...differences,
    ...listMisplaced(sqlite).map((id) => ({ id, problem: 'misplaced' }) as const),
  ]
}

/** A file goes with the message that brought it, and with the edit that leaves it out. */
function listMisplaced(sqlite: SqliteConnection): FileId[] {
  const named = (table: string, owner: string, kind: string): string =>
    `SELECT 1 FROM ${table} AS message, json_each(message.file_ids) AS named
     WHERE file.conversation_kind = '${kind}' AND message.${owner} = file.conversation_id
       AND message.id = file.message_id AND message.deleted_at IS NULL AND named.value = file.id`
  return sqlite
    .prepare<[], FileId>(
      `SELECT id FROM file_uploads AS file WHERE attached_at IS NOT NULL AND deleted_at IS NULL
         AND NOT EXISTS (${named('messages', 'channel_id', 'channel')})
         AND NOT EXISTS (${named('direct_messages', 'thread_id', 'dm')})
       ORDER BY id`,
    )
    .pluck()
    .all()
}

async function readChecksum(store: FileStore, key: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(await store.read(key), hash)
  } catch {
    return undefined
  }
  return hash.digest('hex')
}
