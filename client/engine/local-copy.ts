/**
 * The copy of a document in IndexedDB, by y-indexeddb. A browser that cannot keep it (private
 * windows, full disks) goes on in memory and says so.
 */
import { openDB } from 'idb'
import { IndexeddbPersistence } from 'y-indexeddb'
import type * as Y from 'yjs'

export interface LocalCopy {
  /** Resolves when the stored state is in the document, or when there is no way to read it. */
  loaded: Promise<void>
  /** Stops writing; what is stored stays. */
  close: () => Promise<void>
  /** Stops writing, and stores this state in place of what is stored. */
  replaceBy: (state: Uint8Array) => Promise<void>
}

const LOAD_LIMIT_MS = 10_000
/** The store that y-indexeddb keeps updates in. */
const UPDATES = 'updates'

export function openLocalCopy(
  databaseName: string,
  document: Y.Doc,
  onStorageFailure: (error: unknown) => void,
): LocalCopy {
  const persistence = new IndexeddbPersistence(databaseName, document)
  const opened = persistence.whenSynced.then(() => undefined)
  // y-indexeddb leaves a failure to open unhandled and never settles: both end the wait here.
  const database: Promise<unknown> = Reflect.get(persistence, '_db')
  let timer: ReturnType<typeof setTimeout> | undefined
  const failed = new Promise<void>((resolve) => {
    const fail = (error: unknown): void => {
      onStorageFailure(error)
      resolve()
    }
    database.catch(fail)
    timer = setTimeout(() => fail(new Error('IndexedDB does not answer')), LOAD_LIMIT_MS)
  })
  const loaded = Promise.race([opened, failed]).finally(() => clearTimeout(timer))

  async function close(): Promise<void> {
    await loaded
    await persistence.destroy().catch(onStorageFailure)
  }

  return {
    loaded,
    close,
    async replaceBy(state) {
      await close()
      try {
        // Deleting the database instead would break the copies that other tabs have open.
        const store = await openDB(databaseName)
        const transaction = store.transaction(UPDATES, 'readwrite')
        await Promise.all([
          transaction.store.clear(),
          transaction.store.add(state),
          transaction.done,
        ])
        store.close()
      } catch (error) {
        onStorageFailure(error)
      }
    },
  }
}
