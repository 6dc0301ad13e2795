/**
 * Writes a document's merged state and drops the part of the journal that it contains, in one
 * transaction. Never drops what the tables do not have yet: recovery replays it from the journal.
 */
import * as Y from 'yjs'
import type { SqliteConnection } from '../database/open-database.ts'
import type { LiveDocument } from './live-documents.ts'

export type StoreSnapshot = (name: string, live: LiveDocument) => void

export function createStoreSnapshot(sqlite: SqliteConnection): StoreSnapshot {
  const select = sqlite.prepare<[string], { snapshotSeq: number; projectedSeq: number }>(
    `SELECT snapshot_seq AS snapshotSeq, projected_seq AS projectedSeq
     FROM documents WHERE name = ?`,
  )
  const update = sqlite.prepare(
    'UPDATE documents SET snapshot = ?, state_vector = ?, snapshot_seq = ? WHERE name = ?',
  )
  const trim = sqlite.prepare('DELETE FROM document_updates WHERE document_name = ? AND seq <= ?')
  return sqlite.transaction((name: string, { document, appliedSeq }: LiveDocument) => {
    const stored = select.get(name)
    if (stored === undefined || stored.snapshotSeq >= appliedSeq) return
    if (stored.projectedSeq < appliedSeq) return
    const snapshot = Y.encodeStateAsUpdate(document)
    update.run(snapshot, Y.encodeStateVector(document), appliedSeq, name)
    trim.run(name, appliedSeq)
  })
}
