/** Notes each statement as it runs, with its values; for tests of how queries read. */
import { expect } from 'vitest'
import type { SqliteConnection } from '../database/open-database.ts'

export interface RunStatement {
  sql: string
  parameters: unknown[]
}

export interface StatementRecord {
  sqlite: SqliteConnection
  statements: RunStatement[]
}

const runs = new Set<PropertyKey>(['all', 'get', 'run', 'iterate'])

/** A connection that notes what runs through it; the one that it stands for notes nothing. */
export function recordStatements(sqlite: SqliteConnection): StatementRecord {
  const statements: RunStatement[] = []
  const prepare = noting(sqlite, (statement) => statements.push(statement))
  const recording = new Proxy(sqlite, {
    get: (target, property) =>
      property === 'prepare' ? prepare : Reflect.get(target, property, target),
  })
  return { sqlite: recording, statements }
}

/** Notes from now on whatever runs on this connection, whoever has it. */
export function watchStatements(
  sqlite: SqliteConnection,
  onRun: (statement: RunStatement) => void,
): void {
  Object.assign(sqlite, { prepare: noting(sqlite, onRun) })
}

/** `prepare`, with statements that tell when they run. */
function noting(
  sqlite: SqliteConnection,
  onRun: (statement: RunStatement) => void,
): (sql: string) => object {
  const prepare = sqlite.prepare.bind(sqlite)
  return (sql) => {
    const statement = prepare(sql)
    const noted: object = new Proxy(statement, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target)
        if (typeof value !== 'function') return value
        return (...parameters: unknown[]): unknown => {
          if (runs.has(property)) onRun({ sql, parameters })
          const result: unknown = Reflect.apply(value, target, parameters)
          // As from `pluck()`: the same statement, still to run.
          return result === target ? noted : result
        }
      },
    })
    return noted
  }
}

/** What SQLite does for each of the statements, one line a step. */
export function explain({ statements, sqlite }: StatementRecord): string[] {
  expect(statements.length).toBeGreaterThan(0)
  return [...statements].flatMap(({ sql, parameters }) =>
    sqlite
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map(({ detail }) => detail),
  )
}
