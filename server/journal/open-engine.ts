/** Puts the parts of the engine together over one store: journal, projection, admission. */
import { randomInt } from 'node:crypto'
import type { SqliteConnection } from '../database/open-database.ts'
import { createProjectChanges } from '../projection/project-changes.ts'
import { createProjectionQueue } from '../projection/projection-queue.ts'
import { createAdmission, type Admission } from './admission.ts'
import { createJournal, type Journal } from './journal.ts'
import { createLiveDocuments, type LiveDocuments } from './live-documents.ts'
import { createLoadDocument, type LoadDocument } from './load-document.ts'
import { recover } from './recover.ts'
import { createStoreSnapshot } from './store-snapshot.ts'

export interface Engine {
  journal: Journal
  documents: LiveDocuments
  admission: Admission
  loadDocument: LoadDocument
  /** Writes the snapshot of a document that is in memory; does nothing for others. */
  storeSnapshot: (name: string) => void
}

export interface EngineDeps {
  sqlite: SqliteConnection
  now: () => number
  onProjectionFailure: (documentName: string, error: unknown) => void
}

/** Recovers what a crash left behind, then answers an engine that is ready for writes. */
export function openEngine({ sqlite, now, onProjectionFailure }: EngineDeps): Engine {
  const journal = createJournal({ sqlite, now, randomClientId: () => randomInt(2 ** 32) })
  const project = createProjectChanges(sqlite)
  recover(sqlite, journal, project)
  const documents = createLiveDocuments()
  const projection = createProjectionQueue({ sqlite, project, onFailure: onProjectionFailure })
  const admission = createAdmission({ sqlite, journal, documents, projection, now })
  const store = createStoreSnapshot(sqlite)
  return {
    journal,
    documents,
    admission,
    loadDocument: createLoadDocument(sqlite, journal),
    storeSnapshot(name) {
      // A snapshot is taken only of what the tables have, too.
      admission.settle()
      const live = documents.get(name)
      if (live !== undefined) store(name, live)
    },
  }
}
