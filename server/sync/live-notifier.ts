/**
 * Tells open connections what a command changed, and takes from them what they may no longer have
 * (P7): at once, in place, without waiting for the browser.
 */
import type { Connection, Hocuspocus } from '@hocuspocus/server'
import type { Conversation } from '../../shared/document/names.ts'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { ConversationAccess } from '../../shared/guard/actor.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import type { LiveNotifier } from '../commands/live-notifier.ts'
import { closeEventOf, type SyncContext, type SyncSession } from './sync-session.ts'

export interface LiveNotifierDeps {
  hocuspocus: Hocuspocus<SyncContext>
  readAccess: (userId: UserId, conversation: Conversation) => ConversationAccess
  showTyping: LiveNotifier['showTyping']
}

export interface SyncNotifier extends LiveNotifier {
  /** Closes every session that a predicate names, with this reason. */
  closeSessions: (isMeant: (session: SyncSession) => boolean, code: ErrorCode) => void
}

export function createLiveNotifier(deps: LiveNotifierDeps): SyncNotifier {
  const { hocuspocus, readAccess, showTyping } = deps

  function* openSessions(): Generator<{ connection: Connection; session: SyncSession }> {
    for (const document of hocuspocus.documents.values()) {
      for (const connection of document.getConnections()) {
        const context: SyncContext = connection.context
        if (context.session !== undefined) yield { connection, session: context.session }
      }
    }
  }

  const closeSessions: SyncNotifier['closeSessions'] = (isMeant, code) => {
    for (const { connection, session } of [...openSessions()]) {
      if (!isMeant(session)) continue
      session.endedWith = code
      connection.close(closeEventOf(code))
    }
  }

  const publish: SyncNotifier['publish'] = (userIds, event) => {
    const message: ServerMessage = { type: 'event', event }
    const payload = JSON.stringify(message)
    if (userIds !== 'everyone') {
      for (const userId of userIds) {
        hocuspocus.documents.get(formatUserDocumentName(userId))?.broadcastStateless(payload)
      }
      return
    }
    for (const [name, document] of hocuspocus.documents) {
      if (name.startsWith('user:')) document.broadcastStateless(payload)
    }
  }

  return {
    closeSessions,
    showTyping,
    publish,
    accessChanged({ userId, conversation }) {
      for (const { connection, session } of [...openSessions()]) {
        const { address, identity } = session
        if (address.kind !== 'conversation') continue
        if (userId !== undefined && identity.userId !== userId) continue
        if (conversation !== undefined && address.conversation.id !== conversation.id) continue
        session.access = readAccess(identity.userId, address.conversation)
        if (session.access.canRead) continue
        session.endedWith = 'access_ended'
        connection.close(closeEventOf('access_ended'))
      }
      // What one may not read is not among one's notifications either.
      if (userId !== undefined) publish([userId], { topic: 'notifications' })
    },
    credentialEnded(credential) {
      closeSessions(({ identity }) => {
        if ('userId' in credential) return identity.userId === credential.userId
        return 'sessionId' in credential
          ? identity.credential.kind === 'session' &&
              identity.credential.id === credential.sessionId
          : identity.credential.kind === 'token' && identity.credential.id === credential.tokenId
      }, 'session_ended')
    },
  }
}
