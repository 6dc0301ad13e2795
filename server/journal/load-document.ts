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

/** `upToSeq` leaves out what came later; it may not lie before the snapshot. */
export type LoadDocument = (name: string, upToSeq?: number) => StoredDocument

interface SnapshotRow {
  snapshot: Buffer | null
  stateVector: Buffer | null
  seq: number
}

export function createLoadDocument(sqlite: SqliteConnection, journal: Journal): LoadDocument {
  const select = sqlite.prepare<[string], SnapshotRow>(
    `SELECT snapshot, state_vector AS stateVector, snapshot_seq AS seq
     FROM documents WHERE name = ?`,
  )
  return sqlite.transaction((name: string, upToSeq = Number.MAX_SAFE_INTEGER) => {
    const stored = select.get(name)
    if (stored === undefined) return { update: null, seq: 0 }
    requireIntact(name, stored)
    const tail = journal.updatesAfter(name, stored.seq).filter(({ seq }) => seq <= upToSeq)
    const updates = [
      ...(stored.snapshot ? [stored.snapshot] : []),
      ...tail.map((row) => row.update),
    ]
    if (updates.length === 0) return { update: null, seq: stored.seq }
    return { update: Y.mergeUpdates(updates), seq: tail.at(-1)?.seq ?? stored.seq }
  })
}

/** A snapshot that does not hold what it held when it was written would be served as the truth. */
function requireIntact(name: string, { snapshot, stateVector, seq }: SnapshotRow): void {
  if (seq === 0 && snapshot === null) return
  if (snapshot === null || stateVector === null) throw new Error(`Snapshot of ${name} is missing`)
  const found = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(snapshot))
  const expected = Y.decodeStateVector(stateVector)
  const isSame =
    found.size === expected.size &&
    [...expected].every(([clientId, clock]) => found.get(clientId) === clock)
  if (!isSame) throw new Error(`Snapshot of ${name} is damaged`)
}
