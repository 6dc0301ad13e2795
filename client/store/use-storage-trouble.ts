/** What keeps this browser from keeping all on its disk: documents, outbox, or the directory. */
import { useEffect } from 'react'
import type { StorageTrouble } from '../engine/storage/storage-trouble.ts'
import { useEngineStatus, useObservable } from './use-engine.ts'
import { useWorkspace } from './workspace-context.ts'

export type { StorageTrouble }

export function useStorageTrouble(): StorageTrouble | undefined {
  const { directoryTrouble } = useWorkspace()
  const ofDirectory = useObservable(directoryTrouble)
  const { storageTrouble, pendingCount, refusedCount } = useEngineStatus()
  const trouble = storageTrouble ?? ofDirectory
  const wouldLose = trouble !== undefined && pendingCount + refusedCount > 0
  useEffect(() => {
    if (!wouldLose) return undefined
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    globalThis.addEventListener('beforeunload', warn)
    return () => globalThis.removeEventListener('beforeunload', warn)
  }, [wouldLose])
  return trouble
}
