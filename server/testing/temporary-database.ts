/** A real, migrated store in a folder of its own, for tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../database/migrate.ts'
import { openDatabase, type Database } from '../database/open-database.ts'

export const migrationsFolder = join(import.meta.dirname, '../../migrations')

export interface TemporaryDatabase extends Database {
  folder: string
  path: string
}

export function openTemporaryDatabase(): TemporaryDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const path = join(folder, 'connectnow.db')
  const database = openDatabase(path)
  migrate(database.sqlite, migrationsFolder)
  const close = async (): Promise<void> => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...database, folder, path, close }
}
