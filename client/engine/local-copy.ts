/**
 * The copy of a document in IndexedDB: its updates in the order in which they came, now and then
 * merged into one, and at once when a message was deleted: the update that brought its words would keep
 * them. Several tabs may write the same copy. What cannot be kept, or read, is told and mended by
 * whoever uses it; nothing here throws into an edit of the document.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import * as Y from 'yjs'
import { onDocumentUpdate } from './document-updates.ts'
import { commit } from './storage/commit.ts'
import { openKeptDatabase } from './storage/kept-database.ts'
import type { StorageMonitor } from './storage/storage-monitor.ts'
import { watchRemovals } from './watch-removals.ts'

/** `unread`: it does not answer, or cannot be opened; what is in it may still come. */
export type StoredCopy = 'kept' | 'empty' | 'damaged' | 'unread'

export interface LocalCopy {
  /** What was found, which is in the document by then; of a damaged copy, all that can be read. */
  loaded: Promise<StoredCopy>
  /** Keeps another document of the same name from now on, in place of all that is stored. */
  follow: (document: Y.Doc) => void
  /** Stops writing; what is stored stays. */
  close: () => Promise<void>
}

export interface LocalCopyOptions {
  databaseName: string
  document: Y.Doc
  monitor: StorageMonitor
  /**
   * Whether a copy that is read late may still be put into the document. Not once it went on
   * without: what waited in the copy has been put into the document anew.
   */
  canReadLate: () => boolean
}

interface CopySchema extends DBSchema {
  updates: { key: number; value: unknown }
  custom: { key: string; value: unknown }
}

/** What came from the disk need not go there. */
const FROM_DISK = Symbol('local copy')
/** More updates than this are merged into one. */
const MAX_UPDATES = 500

export function openLocalCopy(options: LocalCopyOptions): LocalCopy {
  let { document } = options
  let stored: StoredCopy | undefined
  let isReady = false
  /** What is stored must not be read again: it is damaged, or of a document that was given up. */
  let mustReplace = false
  /** What is stored has words that the document has no more. */
  let mustMerge = false
  let storedCount = 0
  /** Updates that are to be written together. */
  let batch: Uint8Array[] | undefined

  const database = openKeptDatabase<CopySchema>({
    name: options.databaseName,
    version: 1,
    upgrade(opened) {
      opened.createObjectStore('updates', { autoIncrement: true })
      opened.createObjectStore('custom')
    },
    async read(opened) {
      const updates = await opened.getAll('updates')
      storedCount = updates.length
      if (isReady && !options.canReadLate()) {
        mustReplace = true
        return
      }
      const isWhole = applyUpdates(document, updates)
      stored = isWhole ? (document.store.clients.size === 0 ? 'empty' : 'kept') : 'damaged'
      if (isReady && !isWhole) mustReplace = true
    },
    rewrite: storeWhole,
    monitor: options.monitor,
    canBeGivenUp: true,
  })

  /** One update in place of all: with what other tabs have stored, unless that is to go. */
  async function storeWhole(opened: IDBPDatabase<CopySchema>): Promise<void> {
    const transaction = opened.transaction('updates', 'readwrite')
    // Yjs drops what is deleted as it reads.
    const merged = new Y.Doc()
    // What makes it fail while it is being read fails the reading as well.
    transaction.done.catch(() => undefined)
    if (!mustReplace) applyUpdates(merged, await transaction.store.getAll())
    // What was gathered while nothing could be written is in it; what comes now is written after it.
    batch = undefined
    Y.applyUpdate(merged, Y.encodeStateAsUpdate(document))
    await commit(
      transaction.done,
      transaction.store.clear(),
      transaction.store.add(Y.encodeStateAsUpdate(merged)),
    )
    merged.destroy()
    mustReplace = false
    mustMerge = false
    storedCount = 1
  }

  async function storeUpdates(
    opened: IDBPDatabase<CopySchema>,
    updates: readonly Uint8Array[],
  ): Promise<void> {
    const transaction = opened.transaction('updates', 'readwrite')
    const requests = updates.map((update) => transaction.store.add(update))
    await commit(transaction.done, ...requests)
    storedCount += updates.length
    if (storedCount >= MAX_UPDATES) await storeWhole(opened)
  }

  function onUpdate(update: Uint8Array, origin: unknown): void {
    if (origin === FROM_DISK) return
    if (batch !== undefined) {
      batch.push(update)
      return
    }
    const updates = [update]
    batch = updates
    database.write((opened) => {
      if (batch === updates) batch = undefined
      return storeUpdates(opened, updates)
    })
  }

  /** Of many that come one after the other, the first write merges all. */
  function onRemoval(origin: unknown): void {
    if (origin === FROM_DISK) return
    mustMerge = true
    database.write(async (opened) => (mustMerge ? storeWhole(opened) : undefined))
  }

  function listen(): () => void {
    const endUpdates = onDocumentUpdate(document, onUpdate)
    const endRemovals = watchRemovals(document, onRemoval)
    return () => {
      endUpdates()
      endRemovals()
    }
  }

  let stopListening = listen()

  return {
    loaded: database.ready.then(() => {
      isReady = true
      return stored ?? 'unread'
    }),
    follow(next) {
      stopListening()
      document = next
      stopListening = listen()
      mustReplace = true
      database.write(storeWhole)
    },
    async close() {
      stopListening()
      await database.close()
    },
  }
}

/** Puts stored updates into a document; false when one of them cannot be read. */
function applyUpdates(document: Y.Doc, updates: readonly unknown[]): boolean {
  let isWhole = true
  document.transact(() => {
    for (const update of updates) {
      try {
        if (!(update instanceof Uint8Array)) throw new TypeError('no update')
        Y.applyUpdate(document, update, FROM_DISK)
      } catch {
        isWhole = false // the others may still be good; the caller takes the document anew
      }
    }
  }, FROM_DISK)
  return isWhole
}
