/**
 * The copy of a document in IndexedDB, by y-indexeddb. A browser that cannot keep it (private
 * windows, full disks) goes on in memory and says so.
 */
import { IndexeddbPersistence } from 'y-indexeddb'
import type * as Y from 'yjs'

export interface LocalCopy {
  /** Resolves when the stored state is in the document, or when there is no way to read it. */
  loaded: Promise<void>
  /** Stops writing; what is stored stays. */
  close: () => Promise<void>
  /** Stops writing and deletes what is stored. */
  clear: () => Promise<void>
}

const LOAD_LIMIT_MS = 10_000

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

  return {
    loaded,
    async close() {
      await loaded
      await persistence.destroy().catch(onStorageFailure)
    },
    async clear() {
      await loaded
      await persistence.clearData().catch(onStorageFailure)
    },
  }
}
