/** Loads documents from the store and writes their snapshots back. */
import { Database } from '@hocuspocus/extension-database'
import type { afterLoadDocumentPayload, Extension } from '@hocuspocus/server'
import type { Engine } from '../journal/open-engine.ts'
import { paceBroadcasts } from './pace-broadcasts.ts'
import { closeEventOf, type SyncContext } from './sync-session.ts'

export interface Persistence {
  extensions: Extension<SyncContext>[]
  /** Stores nothing from now on. */
  close: () => void
}

export interface PersistenceDeps {
  engine: Engine
  onUnexpected: (error: unknown) => void
}

export function createPersistence({ engine, onUnexpected }: PersistenceDeps): Persistence {
  let isClosed = false
  /** Nobody is given an empty document in the place of one that cannot be read. */
  function refuse(error: unknown): unknown {
    onUnexpected(error)
    return closeEventOf('try_again')
  }

  const loadedSeq = new WeakMap<object, number>()
  const isConversation = (name: string): boolean => !name.startsWith('user:')

  const database = new Database({
    fetch({ document, documentName }) {
      if (!isConversation(documentName)) return Promise.resolve(null)
      try {
        const { update, seq } = engine.loadDocument(documentName)
        loadedSeq.set(document, seq)
        return Promise.resolve(update)
      } catch (error) {
        return Promise.reject(refuse(error))
      }
    },
    store({ documentName }) {
      // Stores that were put off until after the end find no store; the journal has it all.
      if (!isClosed && isConversation(documentName)) engine.storeSnapshot(documentName)
      return Promise.resolve()
    },
  })
  const registration: Extension<SyncContext> = {
    extensionName: 'document-registration',
    afterLoadDocument({ document, documentName }: afterLoadDocumentPayload<SyncContext>) {
      // Loading is itself an update in the broadcast buffer: left there, the first client to
      // connect would be sent the whole document twice.
      document.flush()
      paceBroadcasts(document, () => performance.now())
      const seq = loadedSeq.get(document)
      try {
        if (seq !== undefined) engine.documents.register(documentName, document, seq)
      } catch (error) {
        document.destroy()
        return Promise.reject(refuse(error))
      }
      return Promise.resolve()
    },
  }
  return {
    extensions: [database, registration],
    close() {
      isClosed = true
    },
  }
}
