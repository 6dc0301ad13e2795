/**
 * Who is typing in a conversation, by a browser's message or a REST request: kept in memory only,
 * passed on coalesced, forgotten when the typist falls silent. Nothing here may throw: Hocuspocus
 * does not await these hooks.
 */
import type { Document, Extension, Hocuspocus, onStatelessPayload } from '@hocuspocus/server'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import type { LiveNotifier } from '../commands/live-notifier.ts'
import { parseClientMessage } from './parse-client-message.ts'
import type { SyncContext } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface TypingDeps {
  hocuspocus: () => Hocuspocus<SyncContext>
  newestSegment: (conversation: Conversation) => number
  rate: TokenBuckets
  now: () => number
}

export interface Typing {
  extension: Extension<SyncContext>
  show: LiveNotifier['showTyping']
}

const COALESCE_MS = 200
const EXPIRE_MS = 6_000

interface TypingDocument {
  document: Document
  /** When each typist is forgotten, ms UTC. */
  until: Map<UserId, number>
  timer: NodeJS.Timeout | undefined
}

export function createTyping({ hocuspocus, newestSegment, rate, now }: TypingDeps): Typing {
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

  /** Answers whether the typist may go on: false when they said so too often. */
  function note(document: Document, userId: UserId, isTyping: boolean): boolean {
    if (!rate.take(userId)) return false
    const { name } = document
    const typing = documents.get(name) ?? { document, until: new Map(), timer: undefined }
    const isKnown = typing.until.has(userId)
    if (isTyping) typing.until.set(userId, now() + EXPIRE_MS)
    else typing.until.delete(userId)
    if (isKnown === isTyping) return true
    typing.document = document
    documents.set(name, typing)
    schedule(name, typing, COALESCE_MS)
    return true
  }

  return {
    extension: {
      extensionName: 'typing',
      onStateless({ connection, document, payload }: onStatelessPayload) {
        const context: SyncContext = connection.context
        const { session } = context
        const message = parseClientMessage(payload)
        if (message?.type === 'typing' && session?.access?.canPost === true) {
          note(document, session.identity.userId, message.isTyping)
        }
        return Promise.resolve()
      },
    },
    show(userId, conversation, isTyping) {
      const name = formatConversationName(conversation, newestSegment(conversation))
      const document = hocuspocus().documents.get(name)
      // What nobody has open needs no telling, but counts all the same.
      return document === undefined ? rate.take(userId) : note(document, userId, isTyping)
    },
  }
}
