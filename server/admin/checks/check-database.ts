/** The database file itself: pages, indexes, constraints, and rows that refer to no row. */
import { z } from 'zod'
import type { Finding, StoreCheck } from '../store-check.ts'

const foreignKeySchema = z.array(
  z.object({ table: z.string(), rowid: z.number().nullable(), parent: z.string() }),
)
const OK = 'ok'

export const checkDatabase: StoreCheck = {
  name: 'database',
  run({ sqlite }) {
    const faults = z
      .array(z.object({ integrity_check: z.string() }))
      .parse(sqlite.pragma('integrity_check'))
      .filter(({ integrity_check: fault }) => fault !== OK)
      .map(({ integrity_check: problem }): Finding => ({ ...inDatabase, place: 'file', problem }))
    const orphans = foreignKeySchema
      .parse(sqlite.pragma('foreign_key_check'))
      .map(({ table, rowid, parent }): Finding => ({
        ...inDatabase,
        place: `${table} ${rowid ?? ''}`.trim(),
        problem: `refers to a row of ${parent} that is not there`,
      }))
    return [...faults, ...orphans]
  },
}

const inDatabase = { check: 'database' } as const
