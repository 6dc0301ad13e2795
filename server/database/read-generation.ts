/** The store's generation, by which browsers notice that it was restored from a backup. */
import type { SqliteConnection } from './open-database.ts'

export function readGeneration(sqlite: SqliteConnection): number {
  const row = sqlite.prepare<[], { generation: number }>('SELECT generation FROM store_state').get()
  return row?.generation ?? 1
}
