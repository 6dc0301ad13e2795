/**
 * Puts a restored store where the server looks for it. The database comes last, by one rename: whatever
 * ends it before leaves the old store with all of its files, whatever ends it after leaves the new one.
 * What was there is put aside.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DATABASE_NAME } from '../open-checked-store.ts'
import { listKeptFiles } from './kept-files.ts'

export interface Placement {
  /** Where the restored store is, on the same disk; emptied. */
  staged: string
  dataDir: string
  /** Takes what the data directory held; made when there is something. */
  aside: string
}

export function putInPlace({ staged, dataDir, aside }: Placement): void {
  const before = listKeptFiles(dataDir)
  const restored = listKeptFiles(staged)
  // In both places for now: the old database knows them until it is replaced.
  for (const path of before) linkTo(join(dataDir, path), join(aside, path))
  for (const path of restored) moveTo(join(staged, path), join(dataDir, path))
  // Left there, the old database's log would be taken for the new one's.
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(`${DATABASE_NAME}-`)) moveTo(join(dataDir, name), join(aside, name))
  }
  const database = join(dataDir, DATABASE_NAME)
  if (existsSync(database)) linkTo(database, join(aside, DATABASE_NAME))
  renameSync(join(staged, DATABASE_NAME), database)
  const isRestored = new Set(restored)
  for (const path of before) if (!isRestored.has(path)) rmSync(join(dataDir, path))
}

function linkTo(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  linkSync(from, to)
}

function moveTo(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  renameSync(from, to)
}
