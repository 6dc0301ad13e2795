/**
 * Documents against journal and snapshots: each can be loaded, lacks nothing, was written under known
 * clientIDs alone, and is in the tables as far as it says. Snapshot and journal may not contradict
 * each other.
 */
import * as Y from 'yjs'
import { parseDocumentName } from '../../../shared/document/names.ts'
import type { Finding, StoreCheck, StoreCheckDeps } from '../store-check.ts'

interface DocumentRow {
  name: string
  snapshotSeq: number
  projectedSeq: number
  serverClientId: number
}

const CHECK = 'documents'

export const checkDocuments: StoreCheck = {
  name: CHECK,
  run(deps) {
    const rows = deps.sqlite
      .prepare<[], DocumentRow>(
        `SELECT name, snapshot_seq AS snapshotSeq, projected_seq AS projectedSeq,
           server_client_id AS serverClientId FROM documents ORDER BY name`,
      )
      .all()
    return rows.flatMap((row) =>
      problemsOf(deps, row).map((problem): Finding => ({ check: CHECK, place: row.name, problem })),
    )
  },
}

function problemsOf({ engine, sqlite }: StoreCheckDeps, row: DocumentRow): string[] {
  const { name, snapshotSeq, projectedSeq } = row
  const problems: string[] = []
  if (parseDocumentName(name)?.kind !== 'conversation') {
    problems.push('is the name of no conversation')
  }
  if (projectedSeq < snapshotSeq) {
    problems.push(`is in the tables up to ${projectedSeq} only, its snapshot up to ${snapshotSeq}`)
  }
  const lastSeq = engine.journal.lastSeq(name)
  if (projectedSeq < lastSeq) {
    problems.push(`is in the tables up to ${projectedSeq} only, the journal goes to ${lastSeq}`)
  }
  const document = new Y.Doc()
  try {
    const { update } = engine.loadDocument(name)
    if (update !== null) Y.applyUpdate(document, update)
    if (document.store.pendingStructs !== null || document.store.pendingDs !== null) {
      problems.push('builds on changes that neither its snapshot nor the journal has')
    }
    problems.push(...strangersOf(sqlite, row, document))
  } catch (error) {
    problems.push(`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    document.destroy()
  }
  return problems
}

/** ClientIDs that nobody is known to own: somebody else could take them. */
function strangersOf(
  sqlite: StoreCheckDeps['sqlite'],
  { name, serverClientId }: DocumentRow,
  document: Y.Doc,
): string[] {
  const owned = new Set(
    sqlite
      .prepare<[string], { clientId: number }>(
        'SELECT client_id AS clientId FROM document_clients WHERE document_name = ?',
      )
      .all(name)
      .map(({ clientId }) => clientId),
  )
  return [...document.store.clients.keys()]
    .filter((clientId) => clientId !== serverClientId && !owned.has(clientId))
    .map((clientId) => `was written to under clientID ${clientId}, which belongs to nobody`)
}
