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
  problem: 'missing' | 'damaged'
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
  for (const { id, checksum } of listFiles(sqlite)) {
    const found = await readChecksum(store, id)
    if (found === undefined) differences.push({ id, problem: 'missing' })
    else if (found !== checksum) differences.push({ id, problem: 'damaged' })
  }
  return differences
}

async function readChecksum(store: FileStore, id: FileId): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(await store.read(fileKey(id, 'content')), hash)
  } catch {
    return undefined
  }
  return hash.digest('hex')
}
