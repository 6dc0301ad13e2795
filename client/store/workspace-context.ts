/** What a signed-in person works with; WorkspaceProvider opens it. */
import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { Me } from '../../shared/api/users.ts'
import type { Engine, Observable } from '../engine/engine-interface.ts'
import type { Readings } from './open-readings.ts'
import type { StorageTrouble } from '../engine/storage/storage-trouble.ts'

export interface Workspace {
  me: Me
  engine: Engine
  queryClient: QueryClient
  readings: Readings
  /** Why the cached directory is not on the disk; undefined while it is. */
  directoryTrouble: Observable<StorageTrouble | undefined>
}

export const WorkspaceContext = createContext<Workspace | undefined>(undefined)

/** The workspace of the person who is signed in. */
export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext)
  if (workspace === undefined) throw new Error('No WorkspaceProvider above')
  return workspace
}
