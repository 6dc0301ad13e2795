/** Whether some words are anywhere in the files of a store, the write-ahead log included; for tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which files below the folder hold these bytes. */
export function filesWith(folder: string, words: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(words))
}
