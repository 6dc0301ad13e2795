/** Notes an import in the audit log as one deed, with its beginning and its end, however many parts. */
import { randomUUID } from 'node:crypto'
import type { SqliteConnection } from '../database/open-database.ts'
import { writeAuditEntry } from '../database/write-audit-entry.ts'
import type { ImportReport } from './import-report.ts'
import type { ImportTarget } from './import-target.ts'

export interface ImportNote {
  /** The same at the beginning and at the end. */
  importId: string
  step: 'started' | 'ended'
  source: 'slack' | 'jsonl'
  workspace: string
  /** What was found at the beginning, what was added at the end. */
  counts: ImportReport['added']
  /** False at the beginning, and where it was stopped. */
  isComplete: boolean
}

/** A workspace's name may be anything; the log needs to recognise it. */
const MAX_NAME_LENGTH = 200

/** Runs what an import writes between the two notes. One that breaks off has, at worst, no second. */
export async function noteImport(
  target: ImportTarget,
  { source, report }: Pick<ImportNote, 'source'> & { report: ImportReport },
  write: () => Promise<void>,
): Promise<void> {
  const workspace = report.workspace.slice(0, MAX_NAME_LENGTH)
  const about = { importId: randomUUID(), source, workspace }
  await target.note({ ...about, step: 'started', counts: report.found, isComplete: false })
  const noteEnd = (isComplete: boolean): Promise<void> =>
    target.note({ ...about, step: 'ended', counts: report.added, isComplete })
  try {
    await write()
  } catch (error) {
    // What stopped it, such as the end of the server, may keep this from being noted as well.
    await noteEnd(false).catch(() => undefined)
    throw error
  }
  await noteEnd(true)
}

/** Writes the entry of one note; a note that is told twice is there once. */
export function writeImportNote(sqlite: SqliteConnection, note: ImportNote, at: number): void {
  const { importId, step, source, workspace, counts, isComplete } = note
  writeAuditEntry(sqlite, {
    id: `import:${importId}:${step}`,
    action: step === 'started' ? 'workspace.import_started' : 'workspace.imported',
    ...{ entityType: 'workspace', entityId: null, actorId: null, at },
    details: { importId, source, workspace, ...counts, ...(step === 'ended' && { isComplete }) },
  })
}
