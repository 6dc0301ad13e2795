/** What of a data directory is kept in a backup, beside the database: uploads, secrets, keys. */
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** The database goes by a way of its own; locks and sockets mean nothing elsewhere. */
const NOT_KEPT = /^(connectnow\.(db|lock)(-.+)?|.+\.sock)$/
/** Folders that commands work in, and what a restore has put aside. */
export const ASIDE_PREFIX = 'before-restore-'
const WORK_FOLDER = /^(\.|before-restore-)/
/** Where uploads lie until they are whole. */
const INCOMING = join('files', 'incoming')

/** Paths within the folder, in order; regular files alone. */
export function listKeptFiles(dataDir: string): string[] {
  const paths: string[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      const isTop = folder === dataDir
      if (isTop && (NOT_KEPT.test(entry.name) || WORK_FOLDER.test(entry.name))) continue
      if (relative(dataDir, path) === INCOMING) continue
      if (entry.isDirectory()) visit(path)
      else if (entry.isFile()) paths.push(relative(dataDir, path).split(sep).join('/'))
    }
  }
  visit(dataDir)
  return paths.toSorted()
}
