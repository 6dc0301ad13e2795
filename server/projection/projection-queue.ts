/**
 * Record changes that are in the journal and in memory, but not in the tables yet. They are
 * written in the transaction of the next batch; `documents.projected_seq` tells how far that is.
 *
 * A projector that fails on a document (a bug, or a channel whose row is missing) holds up that
 * document's rows alone: nobody's update is refused for it, the failure is reported, and the
 * document is replayed from the journal until it succeeds. Its `projected_seq` never skips a
 * change, so nothing of it is trimmed meanwhile.
 */
import { parseDocumentName, type Conversation } from '../../shared/document/names.ts'
import type { RecordChange } from '../../shared/document/record-edit.ts'
import { isEnvironmental, type SqliteConnection } from '../database/open-database.ts'
import type { RequestOrigin } from '../database/write-audit-entry.ts'
import type { ProjectChanges } from './project-changes.ts'

export interface ProjectionEntry {
  documentName: string
  seq: number
  changes: readonly RecordChange[]
  /** Made by the server itself (imported history), not by a person. */
  isServerMade: boolean
  receivedAt: number
  /** From where it came; not in the journal, so what a crash left is projected without it. */
  origin?: RequestOrigin | undefined
}

export interface ProjectionQueue {
  add: (entry: ProjectionEntry) => void
  hasWork: () => boolean
  /** There is work that the last attempt did not fail on. */
  isReady: () => boolean
  /** Something waits for `retry`. */
  hasFailed: () => boolean
  /** The newest seq of a document that waits; 0 when none does. */
  newestSeq: (documentName: string) => number
  stateOf: (documentName: string, seq: number) => ProjectionState
  /** How many changes wait, and how many documents have failed. */
  lag: () => { waiting: number; stalled: number }
  /** Which segment got a message with this id, when that is not in the tables yet. */
  waitingPlaceOf: (conversation: Conversation, messageId: string) => number | undefined
  /** Writes all that waits; within the caller's transaction. */
  run: () => void
  /** The transaction of the last `run` is on disk. */
  committed: () => void
  /** It is not; everything is tried again. */
  rolledBack: (error: unknown) => void
  /** Tries again what has failed; in transactions of its own. */
  retry: () => void
  /** Leaves a document to `retry` from the beginning. */
  stall: (documentName: string, error: unknown) => void
}

/** Whether all that was accepted for a document up to a seq is in the tables. */
export type ProjectionState =
  | { is: 'complete' }
  | { is: 'waiting' }
  | { is: 'failed'; error: unknown }

export interface ProjectionQueueDeps {
  sqlite: SqliteConnection
  project: ProjectChanges
  /** Projects a document from the journal; all of it or nothing. */
  replayDocument: (documentName: string) => void
  /** Told of each failure: of one document, or of the store when the name is undefined. */
  onFailure: (error: unknown, documentName: string | undefined) => void
}

export function createProjectionQueue(deps: ProjectionQueueDeps): ProjectionQueue {
  const { sqlite, project, replayDocument, onFailure } = deps
  const advance = sqlite.prepare('UPDATE documents SET projected_seq = ? WHERE name = ?')
  let waiting: ProjectionEntry[] = []
  let storeFailure: { error: unknown } | undefined
  const stalled = new Map<string, unknown>()

  const projectOne = sqlite.transaction((entry: ProjectionEntry) => {
    project(entry)
    advance.run(entry.seq, entry.documentName)
  })

  function stall(documentName: string, error: unknown): void {
    stalled.set(documentName, error)
    // From now on the journal tells what is missing; an entry kept here would be written twice.
    waiting = waiting.filter((entry) => entry.documentName !== documentName)
    onFailure(error, documentName)
  }

  return {
    stall,
    add(entry) {
      if (!stalled.has(entry.documentName)) waiting.push(entry)
    },
    hasWork: () => waiting.length > 0,
    isReady: () => waiting.length > 0 && storeFailure === undefined,
    hasFailed: () => storeFailure !== undefined || stalled.size > 0,
    lag: () => ({ waiting: waiting.length, stalled: stalled.size }),
    newestSeq: (documentName) =>
      waiting.findLast((entry) => entry.documentName === documentName)?.seq ?? 0,
    stateOf(documentName, seq) {
      if (stalled.has(documentName)) return { is: 'failed', error: stalled.get(documentName) }
      const isMissing = waiting.some(
        (entry) => entry.documentName === documentName && entry.seq <= seq,
      )
      if (!isMissing) return { is: 'complete' }
      return storeFailure === undefined
        ? { is: 'waiting' }
        : { is: 'failed', error: storeFailure.error }
    },
    waitingPlaceOf({ id }, messageId) {
      const holder = waiting.find(
        ({ documentName, changes }) =>
          documentName.includes(id) &&
          changes.some(({ root, key }) => root === 'messages' && key === messageId),
      )
      const address = holder && parseDocumentName(holder.documentName)
      return address?.kind === 'conversation' ? address.segment : undefined
    },
    run() {
      for (const entry of waiting) {
        if (stalled.has(entry.documentName)) continue
        try {
          projectOne(entry)
        } catch (error) {
          // The disk's troubles concern the whole batch; a bug concerns this document alone.
          if (!sqlite.inTransaction || isEnvironmental(error)) throw error
          stall(entry.documentName, error)
        }
      }
    },
    committed() {
      waiting = []
      storeFailure = undefined
    },
    rolledBack(error) {
      if (storeFailure === undefined) onFailure(error, undefined)
      storeFailure = { error }
    },
    retry() {
      storeFailure = undefined
      for (const documentName of [...stalled.keys()]) {
        try {
          replayDocument(documentName)
          stalled.delete(documentName)
        } catch (error) {
          stall(documentName, error)
        }
      }
    },
  }
}
