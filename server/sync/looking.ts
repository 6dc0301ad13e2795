/**
 * Which conversations people have before their eyes: each of their browsers says so on the person's
 * own document, and it holds until that connection says otherwise or ends. Nothing here may throw:
 * Hocuspocus does not await these hooks.
 */
import type { Extension, onDisconnectPayload, onStatelessPayload } from '@hocuspocus/server'
import type { ConversationId, UserId } from '../../shared/ids.ts'
import { parseClientMessage } from './parse-client-message.ts'
import type { SyncContext, SyncSession } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface Looking {
  extension: Extension<SyncContext>
  isLooking: (userId: UserId, conversationId: ConversationId) => boolean
}

export function createLooking({ rate }: { rate: TokenBuckets }): Looking {
  const sessions = new Map<UserId, Map<SyncSession, ReadonlySet<ConversationId>>>()

  function forget(session: SyncSession): void {
    const { userId } = session.identity
    const own = sessions.get(userId)
    if (own?.delete(session) === true && own.size === 0) sessions.delete(userId)
  }

  return {
    isLooking: (userId, conversationId) =>
      [...(sessions.get(userId)?.values() ?? [])].some((at) => at.has(conversationId)),
    extension: {
      extensionName: 'looking',
      onStateless({ connection, payload }: onStatelessPayload) {
        const context: SyncContext = connection.context
        const { session } = context
        const message = parseClientMessage(payload)
        if (message?.type !== 'looking' || session?.address.kind !== 'user')
          return Promise.resolve()
        if (session.endedWith !== undefined) return Promise.resolve()
        const { userId } = session.identity
        // To look away is always heard: what is kept too long would hide what comes.
        forget(session)
        if (message.at.length === 0 || !rate.take(userId)) return Promise.resolve()
        const own = sessions.get(userId) ?? new Map<SyncSession, ReadonlySet<ConversationId>>()
        own.set(session, new Set(message.at))
        sessions.set(userId, own)
        return Promise.resolve()
      },
      onDisconnect({ context }: onDisconnectPayload<SyncContext>) {
        if (context.session !== undefined) forget(context.session)
        return Promise.resolve()
      },
    },
  }
}
