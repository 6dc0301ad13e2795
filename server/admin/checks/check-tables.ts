/** Documents against the tables of messages, reactions and pins, row by row (P3). */
import { verify } from '../verify.ts'
import type { StoreCheck } from '../store-check.ts'

export const checkTables: StoreCheck = {
  name: 'tables',
  run: ({ sqlite, engine }) =>
    verify(sqlite, engine.loadDocument).map(({ documentName, root, key, document, table }) => ({
      check: 'tables',
      place: `${documentName} ${root} ${key}`,
      problem: describe(document, table),
    })),
}

function describe(document: unknown, table: unknown): string {
  if (table === undefined) return 'has no row'
  if (document === undefined) return 'is a row without a record'
  return 'is not what its row says'
}
