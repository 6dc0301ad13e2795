/**
 * Brings the store to the newest schema: plain SQL files, in order, each in a transaction and
 * recorded with its checksum. Forward only; to go back, restore a backup.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SqliteConnection } from './open-database.ts'

interface Migration {
  name: string
  sql: string
  checksum: string
}

const MIGRATION_NAME = /^\d{4}_[a-z0-9_]+\.sql$/

/** Applies what is missing; throws when an applied migration was edited or is unknown here. */
export function migrate(sqlite: SqliteConnection, folder: string): void {
  sqlite.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
    name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`)
  const migrations = readMigrations(folder)
  const applied = sqlite
    .prepare<[], { name: string; checksum: string }>(
      'SELECT name, checksum FROM schema_migrations ORDER BY name',
    )
    .all()
  applied.forEach(({ name, checksum }, index) => {
    const migration = migrations[index]
    if (migration?.name !== name) {
      throw new Error(`The store was made by another version: it has ${name}, this version has not`)
    }
    if (migration.checksum !== checksum) throw new Error(`Migration ${name} was changed after use`)
  })
  const record = sqlite.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?)')
  for (const { name, sql, checksum } of migrations.slice(applied.length)) {
    sqlite.transaction(() => {
      sqlite.exec(sql)
      record.run(name, checksum, Date.now())
    })()
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => MIGRATION_NAME.test(name))
    .toSorted()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}
