/** The cache of the directory, kept in IndexedDB per person so that it is there offline. */
import { createAsyncStoragePersister } from '@tanstack/query-async-storage-persister'
import { hydrate, QueryClient, type DehydratedState, type Mutation } from '@tanstack/react-query'
import type { Persister } from '@tanstack/react-query-persist-client'
import type { DBSchema, IDBPDatabase } from 'idb'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { Observable } from '../engine/engine-interface.ts'
import { createObservable } from '../engine/observable-value.ts'
import { randomId } from '../engine/random-id.ts'
import { commit } from '../engine/storage/commit.ts'
import { openKeptDatabase } from '../engine/storage/kept-database.ts'
import { createStorageMonitor } from '../engine/storage/storage-monitor.ts'
import type { StorageTrouble } from '../engine/storage/storage-trouble.ts'
import { mergeDirectories } from './merge-directories.ts'

interface CacheSchema extends DBSchema {
  /** By page; see merge-directories.ts. */
  cache: { key: string; value: unknown }
}

export interface DirectoryCache {
  queryClient: QueryClient
  persister: Persister
  /** Why it is not on the disk; undefined while it is. */
  trouble: Observable<StorageTrouble | undefined>
  close: () => void
}

const MAX_RETRIES = 3
/** Of what was stored, the part that is read when it comes late. */
const storedSchema = z.object({
  clientState: z.object({ queries: z.array(z.unknown()), mutations: z.array(z.unknown()) }),
})

export function openDirectoryCache(userId: UserId): DirectoryCache {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        // The server tells about changes, and everything is read again after a reconnect.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: Number.POSITIVE_INFINITY,
        retry: (count, error) => !(error instanceof AppError) && count < MAX_RETRIES,
      },
      mutations: { gcTime: Number.POSITIVE_INFINITY },
    },
  })
  const trouble = createObservable<StorageTrouble | undefined>(undefined)
  const monitor = createStorageMonitor({
    onChange: () => trouble.set(monitor.trouble()),
    onFailure: (error) => globalThis.reportError(error),
    // The engine makes room; it is tried again until then.
    makeRoom: () => Promise.resolve(false),
  })
  /** What the disk has of this page, or shall have. */
  let kept: string | undefined
  const key = `directory ${randomId()}`
  /** Kept by pages before this one, and part of what this one has. */
  let adopted: string[] = []
  let isReady = false

  /** Commands that waited in it go out, and what the server said since then stays. */
  function takeLate(text: string): void {
    const { clientState } = storedSchema.parse(JSON.parse(text))
    hydrate(queryClient, clientState as DehydratedState) // as the persister wrote it
    void queryClient.resumePausedMutations().catch(globalThis.reportError)
  }

  const database = openKeptDatabase<CacheSchema>({
    name: `connectnow-${userId}-directory`,
    version: 1,
    upgrade: (opened) => void opened.createObjectStore('cache'),
    async read(opened) {
      const keys = await opened.getAllKeys('cache')
      const texts = z.array(z.string().catch('')).parse(await opened.getAll('cache'))
      adopted = keys
      const stored = mergeDirectories(texts)
      if (stored === undefined) return
      kept ??= stored
      try {
        if (isReady) takeLate(stored)
      } catch (error) {
        globalThis.reportError(error) // damaged: the server has all of it
      }
    },
    rewrite: write,
    monitor,
  })

  async function write(opened: IDBPDatabase<CacheSchema>): Promise<void> {
    const { store, done } = opened.transaction('cache', 'readwrite')
    const replaced = adopted
    await commit(
      done,
      ...replaced.map((each) => store.delete(each)),
      kept === undefined ? store.delete(key) : store.put(kept, key),
    )
    adopted = adopted.filter((each) => !replaced.includes(each))
  }

  const persister = createAsyncStoragePersister({
    key,
    // At once: a command that waits must outlive a crash, like the messages that depend on it.
    throttleTime: 0,
    storage: {
      async getItem() {
        await database.ready
        isReady = true
        return kept
      },
      setItem(_key, value) {
        kept = value
        database.write(write)
        return Promise.resolve()
      },
      removeItem() {
        kept = undefined
        database.write(write)
        return Promise.resolve()
      },
    },
  })
  return {
    queryClient,
    persister,
    trouble,
    close() {
      void database.close().then(monitor.close)
    },
  }
}

/**
 * Commands are kept until they are answered with yes, or until their person gives them up; of what
 * was read nobody is told that it failed.
 */
export function isKeptCommand({ options, state }: Mutation): boolean {
  const isOpen =
    state.status === 'pending' ||
    (state.status === 'error' && options.mutationKey?.[0] !== 'mark-read')
  return isOpen && options.mutationKey !== undefined
}
