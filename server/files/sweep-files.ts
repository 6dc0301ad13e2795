/**
 * Removes bytes that nobody can read any more, a bounded number at a time: of deleted files, of files
 * that were attached to nothing for a day, and what lies in the store without a row. Rows are changed
 * first and go last, so that whatever a crash interrupts is taken up again.
 */
import type { FileRows } from './file-rows.ts'
import { fileIdOfKey, fileKey, shards, type FileStore } from './file-store.ts'

export interface SweepDeps {
  rows: FileRows
  store: FileStore
  now: () => number
}

/** How long a file may be attached to nothing, and how long bytes without a row are left alone. */
export const ORPHAN_AGE_MS = 24 * 3_600_000

const FILES_PER_SWEEP = 100

/** Answers the function that does one round; rounds must not overlap. */
export function createSweep({ rows, store, now }: SweepDeps): () => Promise<void> {
  let nextShard = 0

  async function removeStrays(shard: string): Promise<void> {
    const strays: string[] = []
    for await (const { key, modifiedAt } of store.list(shard)) {
      const isOld = modifiedAt < now() - ORPHAN_AGE_MS
      if (isOld && !rows.exists(fileIdOfKey(key))) strays.push(key)
      if (strays.length === FILES_PER_SWEEP) break
    }
    for (const key of strays) await store.remove(key)
  }

  return async () => {
    rows.deleteOrphans(now() - ORPHAN_AGE_MS, now(), FILES_PER_SWEEP)
    await removeSome(rows, store)
    const shard = shards[nextShard]
    nextShard = (nextShard + 1) % shards.length
    if (shard !== undefined) await removeStrays(shard)
  }
}

/** Removes the bytes and rows of all deleted files; for a store that no server sweeps. */
export async function removeDeletedFiles(rows: FileRows, store: FileStore): Promise<void> {
  while ((await removeSome(rows, store)) > 0);
}

/** Answers how many there were. */
async function removeSome(
  rows: Pick<FileRows, 'listDeleted' | 'forget'>,
  store: FileStore,
): Promise<number> {
  const ids = rows.listDeleted(FILES_PER_SWEEP)
  for (const id of ids) {
    await store.remove(fileKey(id, 'thumbnail'))
    await store.remove(fileKey(id, 'content'))
    rows.forget(id)
  }
  return ids.length
}
