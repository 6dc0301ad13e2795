/**
 * Reads a document from disk: its snapshot and the journal's tail. Throws when anything cannot be
 * read, so that an empty document never takes the place of a stored one.
 */
import * as Y from 'yjs'
import type { SqliteConnection } from '../database/open-database.ts'
import type { Journal } from './journal.ts'

export interface StoredDocument {
  /** Null when nothing was ever written to it. */
  update: Uint8Array | null
  /** Everything in the journal up to this seq is in `update`. */
  seq: number
}

export type LoadDocument = (name: string) => StoredDocument

export function createLoadDocument(sqlite: SqliteConnection, journal: Journal): LoadDocument {
  const select = sqlite.prepare<[string], { snapshot: Buffer | null; seq: number }>(
    'SELECT snapshot, snapshot_seq AS seq FROM documents WHERE name = ?',
  )
  return sqlite.transaction((name: string) => {
    const stored = select.get(name)
    if (stored === undefined) return { update: null, seq: 0 }
    const tail = journal.updatesAfter(name, stored.seq)
    const updates = [
      ...(stored.snapshot ? [stored.snapshot] : []),
      ...tail.map((row) => row.update),
    ]
    if (updates.length === 0) return { update: null, seq: stored.seq }
    return { update: Y.mergeUpdates(updates), seq: tail.at(-1)?.seq ?? stored.seq }
  })
}
