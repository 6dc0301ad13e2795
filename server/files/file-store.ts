/**
 * Where the bytes of files are kept, whatever keeps them. Keys are made of ids alone: nothing that a
 * person typed ever becomes part of a path. It knows no rows and asks nobody for permission.
 */
import type { Readable } from 'node:stream'
import type { FileId } from '../../shared/ids.ts'

/** The first and the last byte that is wanted. */
export interface ByteRange {
  start: number
  end: number
}

export interface StoredObject {
  key: string
  modifiedAt: number
}

export interface FileStore {
  /** Takes over what is in a local file, which may be gone afterwards. It is kept when this resolves. */
  put: (key: string, path: string, sizeBytes: number) => Promise<void>
  /** Throws when there is nothing under the key. */
  read: (key: string, range?: ByteRange) => Promise<Readable>
  /** Removing what is not there is no fault. */
  remove: (key: string) => Promise<void>
  /** What lies in one shard, page by page. */
  list: (shard: string) => AsyncIterable<StoredObject>
}

/** The two things that are kept of a file. */
export type FilePart = 'content' | 'thumbnail'

/** The shards that keys are spread over, so that no folder grows without end. */
export const shards: readonly string[] = Array.from({ length: 256 }, (_, index) =>
  index.toString(16).padStart(2, '0'),
)

/** Ids end in random digits, which spread evenly. */
export function fileKey(id: FileId, part: FilePart): string {
  const shard = id.slice(-2)
  return part === 'content' ? `${shard}/${id}` : `${shard}/${id}.thumbnail`
}

/** The id of the file that a key belongs to; whatever else lies there answers its own name. */
export function fileIdOfKey(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1)
  return name.split('.')[0] ?? name
}
