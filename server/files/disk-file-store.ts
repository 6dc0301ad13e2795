/**
 * Keeps files in a folder. flydrive removes and lists; writing and reading are done here, since its
 * driver copies where a rename would be one step, does not wait for the disk, and reads no ranges.
 */
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FSDriver } from 'flydrive/drivers/fs'
import { listShard } from './drive-listing.ts'
import type { FileStore } from './file-store.ts'

/** What is put into it must lie on the same disk and be synced already. */
export function createDiskFileStore(folder: string): FileStore {
  const driver = new FSDriver({ location: folder, visibility: 'private' })
  return {
    async put(key, path) {
      const target = join(folder, key)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await rename(path, target)
      // Without these a power failure could take the file's name, or its folder's, away again.
      await syncFolder(dirname(target))
      await syncFolder(folder)
    },
    async read(key, range) {
      // Opened before anything is answered, so that a missing file is an error and not a cut answer.
      const file = await open(join(folder, key))
      return file.createReadStream(range ?? {})
    },
    remove: (key) => driver.delete(key),
    list: (shard) => listShard(driver, shard),
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
