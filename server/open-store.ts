/**
 * Opens what is in the data directory, for the server and the commands alike: the directory itself,
 * its lock, the database, its migrations. Whatever fails leaves nothing open behind.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config/config.ts'
import { DirectoryInUse, lockDataDirectory } from './database/lock-data-directory.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase, type Database } from './database/open-database.ts'
import { StartFault, startStep } from './start-fault.ts'

export interface OpenStore {
  database: Database
  /** Closes the database and lets another process have the directory. */
  close: () => Promise<void>
}

const migrationsFolder = join(import.meta.dirname, '../migrations')

/** Throws a StartFault, and DirectoryInUse as its cause while another process has the directory. */
export function openStore(
  { dataDir, database: { path } }: Pick<Config, 'dataDir' | 'database'>,
  open: typeof openDatabase = openDatabase,
): OpenStore {
  const release = lock(dataDir)
  let database: Database | undefined
  try {
    const opened = startStep(() => open(path), cannotOpen(path))
    database = opened
    startStep(() => migrate(opened.sqlite, migrationsFolder), cannotOpen(path))
    return {
      database: opened,
      async close() {
        await opened.close()
        release()
      },
    }
  } catch (error) {
    database?.sqlite.close()
    release()
    throw error
  }
}

function lock(dataDir: string): () => void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    return lockDataDirectory(dataDir)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const sentence =
      cause instanceof DirectoryInUse
        ? reason
        : `The data directory ${dataDir} cannot be used: ${reason}. Repair it, or choose another DATA_DIR.`
    throw new StartFault(sentence, { cause })
  }
}

function cannotOpen(path: string): (reason: string) => string {
  return (reason) => `The database ${path} cannot be opened: ${reason}.`
}
