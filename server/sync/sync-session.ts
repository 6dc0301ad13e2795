/** What the server knows of one open document session: who, by which credential, with what access. */
import type { DocumentAddress } from '../../shared/document/names.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { Actor, ConversationAccess } from '../../shared/guard/actor.ts'
import type { Identity } from '../auth/authenticate.ts'
import { formatCloseReason, type Refusal } from '../../shared/sync/refusal.ts'

export interface SyncSession {
  identity: Identity
  address: DocumentAddress
  /** Replaced in place when roles or membership change; undefined on a person's own document. */
  access: ConversationAccess | undefined
  /** Why it was ended; what its connection had queued before is then refused with this. */
  endedWith: ErrorCode | undefined
}

/** One WebSocket; shared by all its document sessions. */
export interface SyncSocket {
  id: string
  sessions: Set<SyncSession>
  /** Plain document names that were asked for and not ended yet: only these may be closed. */
  opened: Set<string>
}

/** The Hocuspocus context: `session` is there once the document was authenticated. */
export interface SyncContext {
  socket: SyncSocket
  session?: SyncSession
}

export function actorOf({ identity, access }: SyncSession): Actor | undefined {
  return access && { kind: 'person', userId: identity.userId, access }
}

/** What hooks throw and connections are closed with. Not an Error: Hocuspocus would print it. */
export function closeEvent(refusal: Refusal): { code: number; reason: string } {
  return { code: 1000, reason: formatCloseReason(refusal) }
}

export function closeEventOf(code: ErrorCode): { code: number; reason: string } {
  return closeEvent({ code })
}
