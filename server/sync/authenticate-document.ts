/**
 * The door of each document: who asks, by cookie or token, and whether they may read it. Refuses
 * before the document is loaded, with the reason as a close reason in JSON.
 */
import type {
  connectedPayload,
  Extension,
  onAuthenticatePayload,
  onDisconnectPayload,
} from '@hocuspocus/server'
import { parseDocumentName, type Conversation } from '../../shared/document/names.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { ConversationAccess } from '../../shared/guard/actor.ts'
import type { Authenticate, Credential } from '../auth/authenticate.ts'
import { createSocketsByPerson } from './sockets-by-person.ts'
import { isPlainYjsPath } from './plain/plain-yjs-path.ts'
import {
  closeEventOf,
  type SyncContext,
  type SyncSession,
  type SyncSocket,
} from './sync-session.ts'

export interface AuthenticateDeps {
  authenticate: Authenticate
  readAccess: (userId: UserId, conversation: Conversation) => ConversationAccess
  /** Undefined when the credential has ended. */
  credentialEnd: (credential: Credential) => number | null | undefined
  /** Segments beyond it do not exist, and only rolling makes them. */
  newestSegment: (conversation: Conversation) => number
  documentsPerSocket: number
  /** At most: those of browsers, and those of `/yjs`, each of which is one document. */
  connectionsPerPerson: number
  plainConnectionsPerPerson: number
  onRefused: (code: ErrorCode) => void
  onUnexpected: (error: unknown) => void
}

export function createAuthenticateExtension(deps: AuthenticateDeps): Extension<SyncContext> {
  const { authenticate, readAccess, credentialEnd, newestSegment, documentsPerSocket } = deps
  const sockets = createSocketsByPerson()
  const plainSockets = createSocketsByPerson()

  function enterSocket(userId: UserId, socket: SyncSocket): boolean {
    return isPlainYjsPath(socket.path)
      ? plainSockets.enter(userId, socket, deps.plainConnectionsPerPerson)
      : sockets.enter(userId, socket, deps.connectionsPerPerson)
  }

  function leaveSocket(userId: UserId, socket: SyncSocket): void {
    const counted = isPlainYjsPath(socket.path) ? plainSockets : sockets
    counted.leave(userId, socket)
  }

  function refuse(code: ErrorCode): ReturnType<typeof closeEventOf> {
    deps.onRefused(code)
    return closeEventOf(code)
  }

  async function openSession(
    name: string,
    headers: Headers,
    token: string,
  ): Promise<SyncSession | undefined> {
    const identity = await authenticate({ headers, ...(token === '' ? {} : { token }) })
    if (identity === undefined) throw refuse('unauthenticated')
    const address = parseDocumentName(name)
    if (address === undefined) return undefined
    if (address.kind === 'user') {
      return address.userId === identity.userId
        ? { identity, address, access: undefined, endedWith: undefined }
        : undefined
    }
    const access = readAccess(identity.userId, address.conversation)
    // A document that may not be read and one that does not exist look the same from outside.
    if (!access.canRead || address.segment > newestSegment(address.conversation)) return undefined
    return { identity, address, access, endedWith: undefined }
  }

  async function enter(payload: onAuthenticatePayload<SyncContext>): Promise<SyncSession> {
    const { socket } = payload.context
    if (socket.sessions.size >= documentsPerSocket) throw refuse('too_many_documents')
    const session = await openSession(payload.documentName, payload.requestHeaders, payload.token)
    if (session === undefined) throw refuse('not_found')
    return session
  }

  return {
    extensionName: 'authenticate-document',
    async onAuthenticate(payload: onAuthenticatePayload<SyncContext>) {
      try {
        return { session: await enter(payload) }
      } catch (error) {
        // Only stock providers share one address; the others never come back under theirs.
        payload.context.socket.opened.delete(payload.documentName)
        if (!(error instanceof Error)) throw error
        // Hocuspocus would answer a bare "permission-denied", which a browser could not explain.
        deps.onUnexpected(error)
        throw refuse('internal')
      }
    },
    connected({ connection, context }: connectedPayload<SyncContext>) {
      const { session, socket } = context
      if (session === undefined) return Promise.resolve()
      session.messageAddress = connection.messageAddress
      const { address, identity } = session
      // Many may have been let in together, before any of them was counted.
      if (socket.sessions.size >= documentsPerSocket) session.endedWith = 'too_many_documents'
      else if (enterSocket(identity.userId, socket)) socket.sessions.add(session)
      else session.endedWith = 'too_many_connections'
      // What ended while the document was loading found no connection to close.
      if (address.kind === 'conversation') {
        session.access = readAccess(identity.userId, address.conversation)
        if (!session.access.canRead) session.endedWith = 'access_ended'
      }
      if (credentialEnd(identity.credential) === undefined) session.endedWith = 'session_ended'
      if (session.endedWith !== undefined) connection.close(refuse(session.endedWith))
      return Promise.resolve()
    },
    onDisconnect({ context }: onDisconnectPayload<SyncContext>) {
      const { session, socket } = context
      if (session === undefined) return Promise.resolve()
      if (session.messageAddress !== undefined) socket.opened.delete(session.messageAddress)
      if (socket.sessions.delete(session)) leaveSocket(session.identity.userId, socket)
      return Promise.resolve()
    },
  }
}
