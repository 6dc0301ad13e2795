/**
 * Record changes that are in the journal and in memory, but not in the tables yet. They are
 * written in the transaction of the next batch; `documents.projected_seq` tells how far that is.
 */
import type { RecordChange } from '../../shared/document/record-edit.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ProjectChanges } from './project-changes.ts'

export interface ProjectionEntry {
  documentName: string
  seq: number
  changes: readonly RecordChange[]
  /** Made by the server itself (imported history), not by a person. */
  isServerMade: boolean
  receivedAt: number
}

export interface ProjectionQueue {
  add: (entry: ProjectionEntry) => void
  hasWork: () => boolean
  /** There is work that the last attempt did not fail on. */
  isReady: () => boolean
  /** Writes all that waits; within the caller's transaction. */
  run: () => void
  /** The transaction of the last `run` is on disk. */
  committed: () => void
  /** It is not; everything is tried again. */
  rolledBack: (error: unknown) => void
}

export interface ProjectionQueueDeps {
  sqlite: SqliteConnection
  project: ProjectChanges
  /** Told about a projector's failure: a bug, since changes were checked before. */
  onFailure: (documentName: string, error: unknown) => void
}

export function createProjectionQueue(deps: ProjectionQueueDeps): ProjectionQueue {
  const { sqlite, project, onFailure } = deps
  const advance = sqlite.prepare('UPDATE documents SET projected_seq = ? WHERE name = ?')
  let waiting: ProjectionEntry[] = []
  let hasFailed = false
  // A document whose projection failed stays behind, rather than skip a change: at the next start
  // its journal is replayed from projected_seq.
  const stalled = new Set<string>()

  const projectOne = sqlite.transaction((entry: ProjectionEntry) => {
    project(entry)
    advance.run(entry.seq, entry.documentName)
  })

  return {
    add(entry) {
      if (!stalled.has(entry.documentName)) waiting.push(entry)
    },
    hasWork: () => waiting.length > 0,
    isReady: () => waiting.length > 0 && !hasFailed,
    run() {
      for (const entry of waiting) {
        if (stalled.has(entry.documentName)) continue
        try {
          projectOne(entry)
        } catch (error) {
          // The disk's troubles concern the whole batch; a bug concerns this document alone.
          if (!sqlite.inTransaction || isEnvironmental(error)) throw error
          stalled.add(entry.documentName)
          onFailure(entry.documentName, error)
        }
      }
    },
    committed() {
      waiting = []
      hasFailed = false
    },
    rolledBack() {
      hasFailed = true
    },
  }
}

const ENVIRONMENTAL = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_NOMEM',
  'SQLITE_CORRUPT',
]

function isEnvironmental(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && ENVIRONMENTAL.some((prefix) => code.startsWith(prefix))
}
