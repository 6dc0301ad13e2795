/**
 * Who is typing in a conversation: kept in memory only, passed on coalesced, forgotten when the
 * typist falls silent. Nothing here may throw: Hocuspocus does not await these hooks.
 */
import type { Document, Extension, onStatelessPayload } from '@hocuspocus/server'
import type { UserId } from '../../shared/ids.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import { parseClientMessage } from './parse-client-message.ts'
import type { SyncContext } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface TypingDeps {
  rate: TokenBuckets
  now: () => number
}

const COALESCE_MS = 200
const EXPIRE_MS = 6_000

interface TypingDocument {
  document: Document
  /** When each typist is forgotten, ms UTC. */
  until: Map<UserId, number>
  timer: NodeJS.Timeout | undefined
}

export function createTyping({ rate, now }: TypingDeps): Extension<SyncContext> {
  const documents = new Map<string, TypingDocument>()

  function broadcast(name: string, typing: TypingDocument): void {
    const time = now()
    for (const [userId, until] of typing.until) if (until <= time) typing.until.delete(userId)
    const message: ServerMessage = { type: 'typing', userIds: [...typing.until.keys()] }
    typing.document.broadcastStateless(JSON.stringify(message))
    if (typing.until.size === 0) documents.delete(name)
    else schedule(name, typing, Math.min(...typing.until.values()) - time)
  }

  function schedule(name: string, typing: TypingDocument, delayMs: number): void {
    clearTimeout(typing.timer)
    typing.timer = setTimeout(() => broadcast(name, typing), Math.max(delayMs, COALESCE_MS))
    typing.timer.unref()
  }

  return {
    extensionName: 'typing',
    onStateless({ connection, document, documentName, payload }: onStatelessPayload) {
      const context: SyncContext = connection.context
      const { session } = context
      const message = parseClientMessage(payload)
      if (message?.type !== 'typing' || session?.access?.canPost !== true) return Promise.resolve()
      if (!rate.take(session.identity.userId)) return Promise.resolve()
      const typing = documents.get(documentName) ?? { document, until: new Map(), timer: undefined }
      const { userId } = session.identity
      const isKnown = typing.until.has(userId)
      if (message.isTyping) typing.until.set(userId, now() + EXPIRE_MS)
      else typing.until.delete(userId)
      if (isKnown === message.isTyping) return Promise.resolve()
      typing.document = document
      documents.set(documentName, typing)
      schedule(documentName, typing, COALESCE_MS)
      return Promise.resolve()
    },
  }
}
