/** The page of the database as it should be: built from a store that is made for the purpose. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../server/database/migrate.ts'
import { openDatabase } from '../../server/database/open-database.ts'
import { projectFolder } from '../run-stages.ts'
import { buildDatabasePage } from './build-page.ts'

const migrationsFolder = join(projectFolder, 'migrations')

/** Throws with everything that is described nowhere. */
export async function readDatabasePage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const database = openDatabase(join(folder, 'connectnow.db'))
  try {
    migrate(database.sqlite, migrationsFolder)
    const migrations = readdirSync(migrationsFolder)
      .toSorted()
      .map((name) => readFileSync(join(migrationsFolder, name), 'utf8'))
    const intro = readFileSync(join(import.meta.dirname, 'intro.md'), 'utf8')
    return buildDatabasePage({ sqlite: database.sqlite, migrations, intro })
  } finally {
    await database.close()
    rmSync(folder, { recursive: true })
  }
}
