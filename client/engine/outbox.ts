/**
 * What this person wrote and the server does not have on disk yet, kept in IndexedDB beside the
 * documents. Entries leave only when they are durable or given up, so no typed word is lost (P5).
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { RootName } from '../../shared/document/layout.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import type { Refusal } from '../../shared/sync/refusal.ts'

export type OutboxKind = 'message' | 'edit' | 'deletion' | 'reaction' | 'pin'

export interface OutboxEntry {
  id: string
  documentName: string
  kind: OutboxKind
  messageId: MessageId
  root: RootName
  key: string
  /** Absent for a removal. */
  value?: unknown
  /** Entries of a document are delivered in this order. */
  order: number
  /** The entry is on the server's disk once it has every struct of `clientId` below `clock`. */
  clientId: number
  clock: number
  /** Why the server refused it; absent while it waits. */
  refusal?: Refusal
}

/**
 * The message that an entry writes; undefined for other entries. Not parsed: a record that no
 * guard would take is still what somebody typed, and must not vanish.
 */
export function messageOf({ root, value }: OutboxEntry): MessageRecord | undefined {
  return root === 'messages' ? (value as MessageRecord | undefined) : undefined // only the engine makes entries
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
  /** Something changed; `removedId` when another tab delivered an entry. */
  onChange: (listener: (removedId?: string) => void) => () => void
  erase: () => Promise<void>
  close: () => Promise<void>
}

interface OutboxSchema extends DBSchema {
  entries: { key: string; value: OutboxEntry }
}

export interface OutboxOptions {
  databaseName: string
  /** This browser does not keep what is written. */
  onStorageFailure: (error: unknown) => void
}

export async function openOutbox({
  databaseName,
  onStorageFailure,
}: OutboxOptions): Promise<Outbox> {
  const entries = new Map<string, OutboxEntry>()
  const listeners = new Set<(removedId?: string) => void>()
  const database = await openStore(databaseName, onStorageFailure)
  // Writes wait for each other: a removal must never be overtaken by the entry that it removes.
  let lastWrite: Promise<unknown> = Promise.resolve()
  const tabs = new BroadcastChannel(databaseName)
  for (const entry of (await database?.getAll('entries')) ?? []) entries.set(entry.id, entry)

  const notify = (removedId?: string): void => {
    for (const listener of listeners) listener(removedId)
  }
  const write = (change: (store: IDBPDatabase<OutboxSchema>) => Promise<unknown>): void => {
    if (database === undefined) return
    lastWrite = lastWrite.then(() => change(database)).catch(onStorageFailure)
  }
  tabs.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string' && entries.delete(data)) notify(data)
  })

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
      write((store) => store.put('entries', entry))
      notify()
    },
    remove(id) {
      if (!entries.delete(id)) return
      write(async (store) => {
        await store.delete('entries', id)
        tabs.postMessage(id)
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
    async erase() {
      entries.clear()
      await lastWrite
      await database?.clear('entries')
      notify()
    },
    async close() {
      await lastWrite
      tabs.close()
      database?.close()
    },
  }
}

async function openStore(
  name: string,
  onStorageFailure: (error: unknown) => void,
): Promise<IDBPDatabase<OutboxSchema> | undefined> {
  try {
    return await openDB<OutboxSchema>(name, 1, {
      upgrade: (database) => void database.createObjectStore('entries', { keyPath: 'id' }),
      // Another tab erases this person's data: do not stand in its way.
      blocking: (_current, _next, { target }) => {
        if (target instanceof IDBDatabase) target.close()
      },
    })
  } catch (error) {
    onStorageFailure(error)
    return undefined
  }
}
