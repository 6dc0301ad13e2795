/** What `verify` is made of: one file for each thing that must agree with another. */
import type { SqliteConnection } from '../database/open-database.ts'
import type { IsDeletedMeanwhile } from '../files/deleted-meanwhile.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Engine } from '../journal/open-engine.ts'

/** One place where the store disagrees with itself, said to its administrator. */
export interface Finding {
  /** Which check found it. */
  check: string
  /** Where: a document and a record in it, a table and a row. */
  place: string
  problem: string
}

export interface StoreCheckDeps {
  sqlite: SqliteConnection
  engine: Pick<Engine, 'loadDocument' | 'journal'>
  /** Where the bytes of files are kept. */
  fileStore: FileStore
  /** Where a copy is checked while the original is in use. */
  isDeletedMeanwhile?: IsDeletedMeanwhile | undefined
}

/** Changes nothing; answers all that it finds. */
export interface StoreCheck {
  name: string
  run: (deps: StoreCheckDeps) => Finding[] | Promise<Finding[]>
}
