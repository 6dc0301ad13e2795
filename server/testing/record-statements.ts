/** A connection that notes each statement as it runs; for tests of how queries read. */
import { expect } from 'vitest'
import type { SqliteConnection } from '../database/open-database.ts'

interface RunStatement {
  sql: string
  parameters: unknown[]
}

export interface StatementRecord {
  sqlite: SqliteConnection
  statements: RunStatement[]
}

const runs = new Set<PropertyKey>(['all', 'get', 'run', 'iterate'])

export function recordStatements(sqlite: SqliteConnection): StatementRecord {
  const statements: RunStatement[] = []
  const prepare = (sql: string): object =>
    new Proxy(sqlite.prepare(sql), {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target)
        if (typeof value !== 'function' || !runs.has(property)) return value
        return (...parameters: unknown[]): unknown => {
          statements.push({ sql, parameters })
          return Reflect.apply(value, target, parameters)
        }
      },
    })
  const recording = new Proxy(sqlite, {
    get: (target, property) =>
      property === 'prepare' ? prepare : Reflect.get(target, property, target),
  })
  return { sqlite: recording, statements }
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
