/**
 * Opens the SQLite store. A committed transaction is on disk (P1): WAL with synchronous=FULL.
 * The only place that imports better-sqlite3.
 */
import Sqlite, { SqliteError } from 'better-sqlite3'
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely'
import { prepareOnce } from './prepare-once.ts'
import type { Tables } from './tables.ts'

export type SqliteConnection = Sqlite.Database

export interface Database {
  /** For hot paths and pragmas: prepared statements, synchronous transactions. */
  sqlite: SqliteConnection
  /** For everything else, on the same connection. */
  kysely: Kysely<Tables>
  close: () => Promise<void>
}

const BUSY_TIMEOUT_MS = 5_000
/** SQLite's own 2 MB are read anew by every search of a large store. */
const READ_CACHE_KIB = 65_536

export function openDatabase(path: string): Database {
  const sqlite = new Sqlite(path)
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  // What is deleted is overwritten: no page of the file, and no backup of it, keeps what it said.
  sqlite.pragma('secure_delete = ON')
  sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: reusing(sqlite) }) })
  const close = async (): Promise<void> => {
    await kysely.destroy()
    // Kysely closes only what it has used; closing twice does nothing.
    sqlite.close()
  }
  return { sqlite, kysely, close }
}

/** What Kysely needs of a connection; it makes the same SQL anew for each query. */
function reusing(sqlite: SqliteConnection): SqliteDatabase {
  return {
    prepare: (sql) => prepareOnce<unknown[]>(sqlite, sql),
    close: () => sqlite.close(),
  }
}

/** A connection that only reads, beside the one that writes: for another thread. */
export function openReadOnly(path: string): SqliteConnection {
  const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true })
  sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  sqlite.pragma(`cache_size = -${READ_CACHE_KIB}`)
  return sqlite
}

/** Tells whether a write failed because there is no space left for it. */
export function isStorageFull(error: unknown): boolean {
  return sqliteCodeOf(error) === 'SQLITE_FULL'
}

/** SQLite's code of an error, or of what caused it. */
function sqliteCodeOf(error: unknown): string | undefined {
  if (error instanceof SqliteError) return error.code
  return error instanceof Error && error.cause !== undefined ? sqliteCodeOf(error.cause) : undefined
}

const ENVIRONMENTAL = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_NOMEM',
  'SQLITE_CORRUPT',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
]

/** Tells whether the disk or the machine failed, rather than what was asked of the store. */
export function isEnvironmental(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return code !== undefined && ENVIRONMENTAL.some((prefix) => code.startsWith(prefix))
}
