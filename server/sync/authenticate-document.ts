/**
 * The door of each document: who asks, by cookie or token, and whether they may read it. Refuses
 * before the document is loaded, with the reason as a close reason in JSON.
 */
import type { Extension, onAuthenticatePayload, onDisconnectPayload } from '@hocuspocus/server'
import { parseDocumentName, type Conversation } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { ConversationAccess } from '../../shared/guard/actor.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import { closeEventOf, type SyncContext, type SyncSession } from './sync-session.ts'

export interface AuthenticateDeps {
  authenticate: Authenticate
  readAccess: (userId: UserId, conversation: Conversation) => ConversationAccess
  documentsPerSocket: number
  connectionsPerPerson: number
}

export function createAuthenticateExtension(deps: AuthenticateDeps): Extension<SyncContext> {
  const { authenticate, readAccess, documentsPerSocket, connectionsPerPerson } = deps

  async function openSession(
    name: string,
    headers: Headers,
    token: string,
  ): Promise<SyncSession | undefined> {
    const identity = await authenticate({ headers, ...(token === '' ? {} : { token }) })
    if (identity === undefined) throw closeEventOf('unauthenticated')
    const address = parseDocumentName(name)
    if (address === undefined) return undefined
    if (address.kind === 'user') {
      return address.userId === identity.userId
        ? { identity, address, access: undefined }
        : undefined
    }
    const access = readAccess(identity.userId, address.conversation)
    // A document that may not be read and one that does not exist look the same from outside.
    if (!access.canRead || address.segment !== 1) return undefined
    return { identity, address, access }
  }

  return {
    extensionName: 'authenticate-document',
    async onAuthenticate(payload: onAuthenticatePayload<SyncContext>) {
      const { socket } = payload.context
      if (socket.sessions.size >= documentsPerSocket) throw closeEventOf('too_many_documents')
      const { documentName, instance, requestHeaders, token } = payload
      const session = await openSession(documentName, requestHeaders, token)
      if (session === undefined) throw closeEventOf('not_found')
      // Every browser holds its person's own document open, once per socket.
      const connections = instance.documents.get(documentName)?.getConnectionsCount() ?? 0
      if (session.address.kind === 'user' && connections >= connectionsPerPerson) {
        throw closeEventOf('too_many_connections')
      }
      socket.sessions.add(session)
      return { session }
    },
    onDisconnect({ context }: onDisconnectPayload<SyncContext>) {
      if (context.session !== undefined) context.socket.sessions.delete(context.session)
      return Promise.resolve()
    },
  }
}
