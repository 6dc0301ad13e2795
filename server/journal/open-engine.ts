/** Puts the parts of the engine together over one store: journal, projection, admission. */
import { randomInt } from 'node:crypto'
import type { SqliteConnection } from '../database/open-database.ts'
import { completeSearchIndex } from '../projection/complete-search-index.ts'
import { createReadMessagePlace } from '../projection/message-places.ts'
import type { NotificationProjectionDeps } from '../projection/notify/project-notifications.ts'
import { createProjectChanges, type ProjectChanges } from '../projection/project-changes.ts'
import { createProjectionQueue, type ProjectionQueue } from '../projection/projection-queue.ts'
import { createAdmission, type Admission } from './admission.ts'
import { createForeignMessages } from './foreign-messages.ts'
import { createJournal, type Journal } from './journal.ts'
import { createLiveDocuments, type LiveDocument, type LiveDocuments } from './live-documents.ts'
import { createLoadDocument, type LoadDocument } from './load-document.ts'
import { recover } from './recover.ts'
import { createReplayDocument } from './replay-document.ts'
import { createSegments, type Segments } from './segments.ts'
import { createStoreSnapshot } from './store-snapshot.ts'

export interface Engine {
  journal: Journal
  documents: LiveDocuments
  admission: Admission
  loadDocument: LoadDocument
  project: ProjectChanges
  segments: Segments
  /** Calls the listener for each document that was loaded or has grown; `onFailure` if it throws. */
  onDocument: (listener: DocumentListener, onFailure: (error: unknown) => void) => void
  /** Writes the snapshot of a document that is in memory; does nothing for others. */
  storeSnapshot: (name: string) => void
  projectionLag: ProjectionQueue['lag']
  /** Tries again what could not be projected; runs by itself, too, at growing intervals. */
  retryProjection: () => void
  /** Commits and projects what is waiting. Call before the database is closed. */
  close: () => void
}

type DocumentListener = (documentName: string, live: LiveDocument) => void

export interface EngineDeps {
  sqlite: SqliteConnection
  now: () => number
  /** A fault of one document's rows, or of the store when no document is named. */
  onProjectionFailure: (error: unknown, documentName: string | undefined) => void
  /** The disk did not take a batch, or an observer of a document failed; its writers are told. */
  onWriteFailure?: (error: unknown) => void
  onCommitted?: (updates: number, seconds: number) => void
  /** Messages are added to the search index before the engine is ready; told how many so far. */
  onIndexing?: (count: number) => void
  /** Who has what before their eyes, and who is told of what came; nobody when left out. */
  notifications?: NotificationProjectionDeps
}

/** Recovers what a crash left behind, then answers an engine that is ready for writes. */
export function openEngine({
  sqlite,
  now,
  onProjectionFailure,
  onWriteFailure,
  onCommitted,
  onIndexing,
  notifications,
}: EngineDeps): Engine {
  const journal = createJournal({ sqlite, now, randomClientId: () => randomInt(2 ** 32) })
  const loadDocument = createLoadDocument(sqlite, journal)
  const project = createProjectChanges(sqlite, notifications)
  const replayDocument = createReplayDocument({ sqlite, journal, loadDocument, project })
  const projection = createProjectionQueue({
    sqlite,
    project,
    replayDocument,
    onFailure: onProjectionFailure,
  })
  const { failures } = recover(sqlite, replayDocument)
  for (const { documentName, error } of failures) projection.stall(documentName, error)
  completeSearchIndex(sqlite, { onProgress: onIndexing })

  const listeners: { listen: DocumentListener; onFailure: (error: unknown) => void }[] = []
  // Called in the middle of a batch: a listener's fault must not keep what is on disk from memory.
  const announce: DocumentListener = (documentName, live) => {
    for (const { listen, onFailure } of listeners) {
      try {
        listen(documentName, live)
      } catch (error) {
        onFailure(error)
      }
    }
  }
  const documents = createLiveDocuments({ lastSeq: journal.lastSeq, onRegistered: announce })
  const segments = createSegments(sqlite)
  const foreignMessages = createForeignMessages({
    segments,
    readPlace: createReadMessagePlace(sqlite),
    projection,
  })
  const admission = createAdmission({
    sqlite,
    journal,
    documents,
    projection,
    foreignMessages,
    onApplied: announce,
    onFailure: (error) => onWriteFailure?.(error),
    onCommitted: (updates, seconds) => onCommitted?.(updates, seconds),
    now,
  })
  const store = createStoreSnapshot(sqlite)
  return {
    journal,
    documents,
    admission,
    loadDocument,
    project,
    segments,
    onDocument: (listen, onFailure) => void listeners.push({ listen, onFailure }),
    storeSnapshot(name) {
      // A snapshot is taken only of what the tables have, too.
      admission.settle()
      const live = documents.get(name)
      if (live !== undefined) store(name, live)
    },
    projectionLag: projection.lag,
    retryProjection() {
      projection.retry()
      admission.settle()
    },
    close: admission.close,
  }
}
