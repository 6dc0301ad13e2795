/** What a signed-in person works with; WorkspaceProvider opens it. */
import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { Me } from '../../shared/api/users.ts'
import type { Engine } from '../engine/engine-interface.ts'

export interface Workspace {
  me: Me
  engine: Engine
  queryClient: QueryClient
}

export const WorkspaceContext = createContext<Workspace | undefined>(undefined)

/** The workspace of the person who is signed in. */
export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext)
  if (workspace === undefined) throw new Error('No WorkspaceProvider above')
  return workspace
}
