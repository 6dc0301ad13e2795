/** Opens the store for a command: config, lock and migrations, as the server does at its start. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from './config/config.ts'
import { lockDataDirectory } from './database/lock-data-directory.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase, type Database } from './database/open-database.ts'

export type OpenedDataDirectory =
  | { isOpen: true; database: Database; close: () => Promise<void> }
  | { isOpen: false; problem: string }

const migrationsFolder = join(import.meta.dirname, '../migrations')

/** `dataDir` overrules the environment's; not open while another process uses the directory. */
export function openDataDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  dataDir?: string,
): OpenedDataDirectory {
  const config = loadConfig({ ...environment, ...(dataDir !== undefined && { DATA_DIR: dataDir }) })
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  let release: () => void
  try {
    release = lockDataDirectory(config.dataDir)
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'The data directory cannot be locked.'
    return { isOpen: false, problem: `${problem} (Is the server running?)` }
  }
  const database = openDatabase(config.database.path)
  try {
    migrate(database.sqlite, migrationsFolder)
  } catch (error) {
    void database.close()
    release()
    throw error
  }
  const close = async (): Promise<void> => {
    await database.close()
    release()
  }
  return { isOpen: true, database, close }
}
