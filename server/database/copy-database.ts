/**
 * Copies a database while others write to it: a consistent state, page by page, so that row ids, on
 * which full-text indexes rest, stay as they are.
 */
import Sqlite from 'better-sqlite3'

/** All in one step: between two steps another process's write would start the copy anew. */
const ALL_PAGES = 0x7fff_ffff

/** Writes a new file at `target`; throws when there is no database at `source`. */
export async function copyDatabase(source: string, target: string): Promise<void> {
  const database = new Sqlite(source, { readonly: true, fileMustExist: true })
  try {
    await database.backup(target, { progress: () => ALL_PAGES })
  } finally {
    database.close()
  }
}
