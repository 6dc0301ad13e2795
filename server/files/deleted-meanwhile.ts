/**
 * Files that were deleted since a copy of the database was made: their bytes may be gone before
 * anybody who goes by the copy has looked for them.
 */
import type { FileId } from '../../shared/ids.ts'
import { openDatabase, openReadOnly, type SqliteConnection } from '../database/open-database.ts'
import { listFiles } from './verify-files.ts'

export type IsDeletedMeanwhile = (id: FileId) => boolean

/** Asks the database that goes on being used. */
export function createIsDeletedMeanwhile(live: SqliteConnection): IsDeletedMeanwhile {
  const select = live.prepare('SELECT 1 FROM file_uploads WHERE id = ? AND deleted_at IS NULL')
  return (id) => select.get(id) === undefined
}

/** Makes the copy at `copyPath` say of them what the database at `livePath` says by now. */
export async function noteDeletedMeanwhile(
  copyPath: string,
  livePath: string,
  now: number,
): Promise<void> {
  const live = openReadOnly(livePath)
  const copy = openDatabase(copyPath)
  try {
    // A store that is backed up before it is migrated may have no files yet.
    const hasFiles = live.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'file_uploads'").get()
    if (hasFiles === undefined) return
    const isDeleted = createIsDeletedMeanwhile(live)
    const ids = [...listFiles(copy.sqlite)].map(({ id }) => id).filter(isDeleted)
    const note = copy.sqlite.prepare('UPDATE file_uploads SET deleted_at = ? WHERE id = ?')
    copy.sqlite.transaction(() => ids.forEach((id) => note.run(now, id)))()
  } finally {
    // Which leaves the copy in one file.
    await copy.close()
    live.close()
  }
}
