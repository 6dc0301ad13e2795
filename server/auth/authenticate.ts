/** Who sends a request or opens a document: by session cookie or personal access token. */
import type { UserId } from '../../shared/ids.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'

/** What proved who somebody is; ends at `expiresAt` (ms UTC), or never when that is null. */
export interface Credential {
  kind: 'session' | 'token'
  id: string
  expiresAt: number | null
}

export interface Identity {
  userId: UserId
  role: WorkspaceRole
  credential: Credential
}

/** Undefined when nothing valid is brought, or the person was deactivated. */
export type Authenticate = (request: {
  headers: Headers
  token?: string
}) => Promise<Identity | undefined>
