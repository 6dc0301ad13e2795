/**
 * Brings the tables of one document up to the journal: the updates past `projected_seq` are read
 * one by one against the document as it was, and go through the very projection that runs live.
 */
import * as Y from 'yjs'
import { readChanges } from '../../shared/document/read-changes.ts'
import type { RecordChange } from '../../shared/document/record-edit.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ProjectChanges } from '../projection/project-changes.ts'
import type { Journal, StoredUpdate } from './journal.ts'
import type { LoadDocument } from './load-document.ts'

export interface ReplayDeps {
  sqlite: SqliteConnection
  journal: Journal
  loadDocument: LoadDocument
  project: ProjectChanges
}

/** Answers how many updates were replayed; all of them or, when it throws, none. */
export type ReplayDocument = (name: string) => number

export function createReplayDocument(deps: ReplayDeps): ReplayDocument {
  const { sqlite, journal, loadDocument, project } = deps
  const select = sqlite.prepare<[string], { projectedSeq: number }>(
    'SELECT projected_seq AS projectedSeq FROM documents WHERE name = ?',
  )
  const advance = sqlite.prepare('UPDATE documents SET projected_seq = ? WHERE name = ?')

  return sqlite.transaction((name: string) => {
    const projectedSeq = select.get(name)?.projectedSeq ?? 0
    const missing = journal.updatesAfter(name, projectedSeq)
    if (missing.length === 0) return 0
    const document = new Y.Doc()
    const { update } = loadDocument(name, projectedSeq)
    if (update !== null) Y.applyUpdate(document, update)
    for (const entry of missing) {
      project({
        documentName: name,
        changes: changesOf(entry, document),
        isServerMade: entry.userId === null,
        receivedAt: entry.receivedAt,
      })
      Y.applyUpdate(document, entry.update)
      advance.run(entry.seq, name)
    }
    document.destroy()
    return missing.length
  })
}

/** It was within the limits when it was accepted; they may be lower now. */
const noLimits = { maxUnits: Infinity, maxUnitsPerKey: Infinity, maxClients: Infinity }

function changesOf({ seq, documentName, update }: StoredUpdate, document: Y.Doc): RecordChange[] {
  const reading = readChanges(update, document, noLimits)
  if (reading.refusal !== undefined) {
    throw new Error(`Journal entry ${seq} of ${documentName} is damaged: ${reading.refusal.code}`)
  }
  return reading.chains
    .map((chain) => ({
      root: chain.root,
      key: chain.key,
      before: chain.before,
      after: chain.after(),
    }))
    .filter(({ before, after }) => before !== after)
}
