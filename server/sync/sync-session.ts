/** What the server knows of one open document session: who, by which credential, with what access. */
import { inspect } from 'node:util'
import type { DocumentAddress } from '../../shared/document/names.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { Actor, ActorOrigin, ConversationAccess } from '../../shared/guard/actor.ts'
import type { Identity } from '../auth/authenticate.ts'
import { formatCloseReason, type Refusal } from '../../shared/sync/refusal.ts'

export interface SyncSession {
  identity: Identity
  address: DocumentAddress
  /** Replaced in place when roles or membership change; undefined on a person's own document. */
  access: ConversationAccess | undefined
  /** Why it was ended; what its connection had queued before is then refused with this. */
  endedWith: ErrorCode | undefined
  /** Name and provider session; known once it is connected. */
  messageAddress?: string
}

/** One WebSocket; shared by all its document sessions. */
export interface SyncSocket {
  id: string
  /** Where it was opened. */
  path: string
  /** From where, for the audit log. */
  origin: ActorOrigin
  sessions: Set<SyncSession>
  /** Addresses (name and provider session) asked for and not ended yet: only these may be closed. */
  opened: Set<string>
}

/** The Hocuspocus context: `session` is there once the document was authenticated. */
export interface SyncContext {
  socket: SyncSocket
  session?: SyncSession
}

export function actorOf(
  { identity, access }: SyncSession,
  { origin }: SyncSocket,
): Actor | undefined {
  return access && { kind: 'person', userId: identity.userId, access, origin }
}

/**
 * What hooks throw and connections are closed with. Hocuspocus prints what a hook throws: the log
 * is told the code alone, never the sender's own words.
 */
export function closeEvent(refusal: Refusal): { code: number; reason: string } {
  const event = { code: 1000, reason: formatCloseReason(refusal) }
  return Object.defineProperty(event, inspect.custom, { value: () => refusal.code })
}

export function closeEventOf(code: ErrorCode): { code: number; reason: string } {
  return closeEvent({ code })
}
