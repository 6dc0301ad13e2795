/** Opens what a signed-in person works with, the engine and the cached directory, for all below. */
import { onlineManager } from '@tanstack/react-query'
import { PersistQueryClientProvider } from '@tanstack/react-query-persist-client'
import { useEffect, useState, type ReactNode } from 'react'
import type { Me } from '../../shared/api/users.ts'
import type { Engine } from '../engine/engine-interface.ts'
import { openSharedEngine } from '../engine/tabs/open-shared-engine.ts'
import { request } from './api-client.ts'
import { askToPersist } from './ask-to-persist.ts'
import { resumeCommands, setDirectoryCommands } from './directory-commands.ts'
import { openReadings, type Readings } from './open-readings.ts'
import { invalidateFor } from './query-keys.ts'
import { isKeptCommand, openDirectoryCache, type DirectoryCache } from './query-client.ts'
import { createRestHistory } from './rest-history.ts'
import { keepSession } from './session.ts'
import { WorkspaceContext } from './workspace-context.ts'

interface OpenWorkspace {
  engine: Engine
  cache: DirectoryCache
  readings: Readings
}

export interface WorkspaceProviderProps {
  me: Me
  /** Shown until the copies on this device are open. */
  fallback: ReactNode
  children: ReactNode
}

export function WorkspaceProvider({ me, fallback, children }: WorkspaceProviderProps): ReactNode {
  const [opened, setOpened] = useState<OpenWorkspace>()
  useEffect(() => {
    const opening = openWorkspace(me)
    void opening.then(setOpened)
    return () => {
      setOpened(undefined)
      void opening.then(async ({ engine, cache, readings }) => {
        readings.close()
        cache.close()
        await engine.close()
      })
    }
  }, [me])
  if (opened === undefined) return fallback
  const { engine, cache, readings } = opened
  return (
    <PersistQueryClientProvider
      client={cache.queryClient}
      persistOptions={{
        persister: cache.persister,
        maxAge: Number.POSITIVE_INFINITY,
        buster: '1',
        dehydrateOptions: { shouldDehydrateMutation: isKeptCommand },
      }}
      onSuccess={() => resumeCommands(cache.queryClient)}
    >
      <WorkspaceContext
        value={{
          me,
          engine,
          queryClient: cache.queryClient,
          readings,
          directoryTrouble: cache.trouble,
        }}
      >
        {children}
      </WorkspaceContext>
    </PersistQueryClientProvider>
  )
}

async function openWorkspace(me: Me): Promise<OpenWorkspace> {
  const userId = me.id
  const cache = openDirectoryCache(userId)
  setDirectoryCommands(cache.queryClient)
  const readings = openReadings(cache.queryClient)
  const { protocol, host } = globalThis.location
  const engine = await openSharedEngine({
    userId,
    syncUrl: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/sync`,
    history: createRestHistory(request),
    // The status says so on the screen; the cause is for whoever looks deeper.
    onStorageFailure: (error) => globalThis.reportError(error),
    estimate: globalThis.navigator.storage?.estimate.bind(globalThis.navigator.storage),
  })
  askToPersist(engine.status, globalThis.navigator.storage, globalThis.reportError)
  engine.onDirectoryEvent((event) => invalidateFor(cache.queryClient, event, readings.note))
  const followConnection = (): void => {
    const { connection, needsSignIn } = engine.status.snapshot()
    const isConnected = connection === 'online' || connection === 'syncing'
    // Who is signed out gets no answer either: what waits goes on after signing in again.
    onlineManager.setOnline(isConnected && !needsSignIn)
  }
  followConnection()
  engine.status.subscribe(followConnection)
  let { storage } = engine.status.snapshot()
  engine.status.subscribe(() => {
    const before = storage
    ;({ storage } = engine.status.snapshot())
    // A disk that was emptied no longer knows whose copies these are.
    if (before === 'memory' && storage === 'disk') void keepSession(me)
  })
  return { engine, cache, readings }
}
