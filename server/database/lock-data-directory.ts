/**
 * One process at a time may write to a data directory: documents in the memory of a second one
 * would overwrite the first one's. The operating system releases the lock when the holder dies.
 */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

/** Another process holds the lock. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'
}

/** Takes the lock; throws DirectoryInUse with what to do when another process holds it. Answers its release. */
export function lockDataDirectory(dataDir: string): () => void {
  const lock = new Sqlite(join(dataDir, 'connectnow.lock'), { timeout: 0 })
  try {
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    if (!(cause instanceof Sqlite.SqliteError) || cause.code !== 'SQLITE_BUSY') throw cause
    throw new DirectoryInUse(
      `Another ConnectNow process is using ${dataDir}. Stop it first, or choose another DATA_DIR.`,
      { cause },
    )
  }
  return () => lock.close()
}
