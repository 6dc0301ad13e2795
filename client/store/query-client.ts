/** The cache of the directory, kept in IndexedDB per person so that it is there offline. */
import { createAsyncStoragePersister } from '@tanstack/query-async-storage-persister'
import { QueryClient } from '@tanstack/react-query'
import type { Persister } from '@tanstack/react-query-persist-client'
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'

interface CacheSchema extends DBSchema {
  cache: { key: string; value: string }
}

export interface DirectoryCache {
  queryClient: QueryClient
  persister: Persister
  close: () => void
}

const MAX_RETRIES = 3

export function openDirectoryCache(userId: UserId): DirectoryCache {
  const database = openStore(userId)
  // A browser that keeps nothing on disk still has the cache in memory.
  const orNothing = <Result>(use: (store: IDBPDatabase<CacheSchema>) => Promise<Result>) =>
    database.then((store) => (store === undefined ? undefined : use(store))).catch(() => undefined)
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
  const persister = createAsyncStoragePersister({
    key: 'directory',
    // At once: a command that waits must outlive a crash, like the messages that depend on it.
    throttleTime: 0,
    storage: {
      getItem: (key) => orNothing((store) => store.get('cache', key)),
      setItem: (key, value) => orNothing((store) => store.put('cache', value, key)),
      removeItem: async (key) => {
        await orNothing((store) => store.delete('cache', key))
      },
    },
  })
  return {
    queryClient,
    persister,
    close() {
      void database.then((store) => store?.close())
    },
  }
}

/** Named like the engine's databases of this person, and erased with them. */
async function openStore(userId: UserId): Promise<IDBPDatabase<CacheSchema> | undefined> {
  try {
    return await openDB<CacheSchema>(`connectnow-${userId}-directory`, 1, {
      upgrade: (database) => void database.createObjectStore('cache'),
      blocking: (_current, _next, { target }) => {
        if (target instanceof IDBDatabase) target.close()
      },
    })
  } catch {
    return undefined // the engine says that this browser keeps nothing
  }
}
