/**
 * What this person wrote and the server does not have on disk yet, kept in IndexedDB beside the
 * documents. Entries leave only when they are durable or given up, so no typed word is lost (P5).
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import { createLeftEntries } from './left-entries.ts'
import { parseOutboxEntry, type OutboxEntry, type StoredEntryContext } from './outbox-entry.ts'
import { commit } from './storage/commit.ts'
import { openKeptDatabase } from './storage/kept-database.ts'
import type { StorageMonitor } from './storage/storage-monitor.ts'

export interface OutboxChange {
  /** Another engine delivered this entry. */
  removedId?: string
  /**
   * More entries are here: those of an `earlier` session were read only now, or an engine that is
   * gone has `left` its own.
   */
  found?: 'earlier' | 'left'
}

export interface Outbox {
  /** All entries of a document that were kept, in order. */
  load: (documentName: string) => Promise<OutboxEntry[]>
  /** How many entries wait and how many were refused, in all documents. */
  counts: () => { pending: number; refused: number }
  put: (entry: OutboxEntry) => void
  remove: (id: string) => void
  /** Names of all documents that have entries. */
  documentNames: () => string[]
  /** Names of the documents that refused something. */
  refusedNames: () => string[]
  onChange: (listener: (change: OutboxChange) => void) => () => void
  /** Resolves when what was written so far is on disk, or could not be kept there. */
  stored: () => Promise<void>
  erase: () => Promise<void>
  close: () => Promise<void>
}

interface OutboxSchema extends DBSchema {
  entries: { key: string; value: unknown }
}

export interface OutboxOptions extends StoredEntryContext {
  databaseName: string
  monitor: StorageMonitor
  /** An entry that is damaged beyond showing; it stays on the disk. For the log. */
  onDamaged: (error: Error) => void
}

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { databaseName, onDamaged } = options
  const entries = new Map<string, OutboxEntry>()
  /** Not yet removed on the disk. */
  const removed = new Set<string>()
  const listeners = new Set<(change: OutboxChange) => void>()
  const tabs = new BroadcastChannel(databaseName)
  let isReady = false

  const notify = (change: OutboxChange = {}): void => {
    for (const listener of listeners) listener(change)
  }

  function take(all: readonly unknown[]): void {
    for (const stored of all) {
      const parsed = parseOutboxEntry(stored, options)
      if (parsed.state === 'lost') {
        onDamaged(new Error(`an entry of ${databaseName} is damaged`, { cause: stored }))
        continue
      }
      const { entry } = parsed
      if (!entries.has(entry.id) && !removed.has(entry.id)) entries.set(entry.id, entry)
    }
  }

  async function read(database: IDBPDatabase<OutboxSchema>): Promise<void> {
    take(await database.getAll('entries'))
    if (isReady) notify({ found: 'earlier' })
  }

  async function rewrite(database: IDBPDatabase<OutboxSchema>): Promise<void> {
    const ids = [...removed]
    const { store, done } = inOneTransaction(database)
    await commit(
      done,
      ...ids.map((id) => store.delete(id)),
      ...[...entries.values()].map((entry) => store.put(entry)),
    )
    onRemoved(ids)
    left.tellKept([...entries.keys()])
  }

  function onRemoved(ids: readonly string[]): void {
    for (const id of ids) if (removed.delete(id)) tabs.postMessage(id)
  }

  const database = openKeptDatabase<OutboxSchema>({
    name: databaseName,
    version: 1,
    upgrade: (opened) => void opened.createObjectStore('entries', { keyPath: 'id' }),
    read,
    rewrite,
    monitor: options.monitor,
  })
  const left = createLeftEntries({
    say: (message) => tabs.postMessage(message),
    isHeldHere: (id) => entries.has(id),
    onLeft(ids) {
      database.write(async (opened) => {
        const stored = await Promise.all(ids.map((id) => opened.get('entries', id)))
        // What is not there any more was delivered while it was asked for.
        take(stored.filter((each) => each !== undefined))
        notify({ found: 'left' })
      })
    },
  })
  tabs.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'string') {
      left.hear(data)
      return
    }
    left.forget(data)
    if (entries.delete(data)) notify({ removedId: data })
  })
  await database.ready
  isReady = true

  return {
    load: (documentName) =>
      Promise.resolve(
        [...entries.values()]
          .filter((entry) => entry.documentName === documentName)
          .toSorted((one, other) => one.order - other.order),
      ),
    counts() {
      const all = [...entries.values()]
      const refused = all.filter(({ refusal }) => refusal !== undefined).length
      return { pending: all.length - refused, refused }
    },
    put(entry) {
      entries.set(entry.id, entry)
      database.write(async (opened) => {
        // Removed meanwhile, and perhaps from the disk as well.
        if (!entries.has(entry.id)) return
        const { store, done } = inOneTransaction(opened)
        await commit(done, store.put(entry))
        left.tellKept([entry.id])
      })
      notify()
    },
    remove(id) {
      if (!entries.delete(id)) return
      removed.add(id)
      database.write(async (opened) => {
        // All at once: a page that goes away in between would bring back what was given up.
        const ids = [...removed]
        if (ids.length === 0) return
        const { store, done } = inOneTransaction(opened)
        await commit(done, ...ids.map((each) => store.delete(each)))
        onRemoved(ids)
      })
      notify()
    },
    documentNames: () => [
      ...new Set([...entries.values()].map(({ documentName }) => documentName)),
    ],
    refusedNames: () => [
      ...new Set(
        [...entries.values()].flatMap(({ documentName, refusal }) =>
          refusal === undefined ? [] : [documentName],
        ),
      ),
    ],
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stored: database.written,
    async erase() {
      entries.clear()
      database.write(async (opened) => {
        const { store, done } = inOneTransaction(opened)
        await commit(done, store.clear())
      })
      notify()
    },
    async close() {
      await database.close()
      left.close()
      tabs.close()
    },
  }
}

/** Strict: what somebody typed shall survive the power going, too. */
function inOneTransaction(database: IDBPDatabase<OutboxSchema>) {
  return database.transaction('entries', 'readwrite', { durability: 'strict' })
}
