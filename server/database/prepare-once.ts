/**
 * Prepared statements that are used again: SQLite reads and plans the SQL of each once for a connection,
 * not once for each request. For SQL whose text is one of few; the rows and the one who asks are
 * parameters.
 */
import type { Statement } from 'better-sqlite3'
import type { SqliteConnection } from './open-database.ts'

/** The SQL of lists with conditions differs with what is asked: what is asked for rarely is prepared anew. */
const MAX_STATEMENTS = 250

const statementsByConnection = new WeakMap<SqliteConnection, Map<string, Statement>>()

/** Callers share the statement: they neither change it (`pluck`, `raw`) nor iterate over it. */
export function prepareOnce<Parameters extends unknown[], Row = unknown>(
  sqlite: SqliteConnection,
  sql: string,
): Statement<Parameters, Row> {
  const statements = statementsByConnection.get(sqlite) ?? new Map<string, Statement>()
  statementsByConnection.set(sqlite, statements)
  const statement = statements.get(sql) ?? sqlite.prepare(sql)
  statements.delete(sql)
  statements.set(sql, statement)
  if (statements.size > MAX_STATEMENTS) {
    const [oldest = ''] = statements.keys()
    statements.delete(oldest)
  }
  return statement as Statement<Parameters, Row> // the SQL decides, as it does for `prepare`
}
