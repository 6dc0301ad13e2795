import Sqlite from 'better-sqlite3'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrationsFolder } from '../testing/temporary-database.ts'
import { migrate } from './migrate.ts'

test('an update of the server makes imported addresses such as people sign in with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const older = join(folder, 'older')
  mkdirSync(older)
  for (const name of readdirSync(migrationsFolder).filter((each) => each < '0014')) {
    cpSync(join(migrationsFolder, name), join(older, name))
  }
  const sqlite = new Sqlite(join(folder, 'connectnow.db'))
  migrate(sqlite, older)
  sqlite.exec(`
    INSERT INTO users (id, email, name, created_at, updated_at) VALUES
      ('ada', 'ada@example.test', 'Ada', 1, 1), ('nova', 'Nova@Example.test', 'Nova', 1, 1),
      ('eve', NULL, 'Eve', 1, 1)`)
  migrate(sqlite, migrationsFolder)
  const emails = sqlite.prepare('SELECT email FROM users ORDER BY name').pluck().all()
  sqlite.close()
  rmSync(folder, { recursive: true, force: true })
  expect(emails).toEqual(['ada@example.test', null, 'nova@example.test'])
})
