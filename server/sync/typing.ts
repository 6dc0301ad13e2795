/**
 * Who is typing in a conversation, by a browser's message or a REST request: kept in memory only,
 * passed on coalesced, forgotten when the typist falls silent. The hooks may not throw: Hocuspocus
 * does not await them.
 */
import type { Document, Extension, Hocuspocus, onStatelessPayload } from '@hocuspocus/server'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import { requireRate } from '../../shared/rate-limit.ts'
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
/** Requests name no device: those of a person are one source. */
const REST = 'rest'

interface Typist {
  userId: UserId
  /** Each device of a person says for itself when it starts and stops. */
  source: string
}

interface TypingDocument {
  document: Document
  /** By person and source, and when each is forgotten, ms UTC. */
  typists: Map<string, { userId: UserId; until: number }>
  timer: NodeJS.Timeout | undefined
}

export function createTyping({ hocuspocus, newestSegment, rate, now }: TypingDeps): Typing {
  const documents = new Map<string, TypingDocument>()

  function broadcast(name: string, typing: TypingDocument): void {
    const time = now()
    for (const [key, { until }] of typing.typists) if (until <= time) typing.typists.delete(key)
    const typists = [...typing.typists.values()]
    const userIds = [...new Set(typists.map(({ userId }) => userId))]
    const message: ServerMessage = { type: 'typing', userIds }
    typing.document.broadcastStateless(JSON.stringify(message))
    if (typists.length === 0) documents.delete(name)
    else schedule(name, typing, Math.min(...typists.map(({ until }) => until)) - time)
  }

  function schedule(name: string, typing: TypingDocument, delayMs: number): void {
    clearTimeout(typing.timer)
    typing.timer = setTimeout(() => broadcast(name, typing), Math.max(delayMs, COALESCE_MS))
    typing.timer.unref()
  }

  function note(document: Document, { userId, source }: Typist, isTyping: boolean): void {
    const { name } = document
    const typing = documents.get(name) ?? { document, typists: new Map(), timer: undefined }
    const key = `${userId} ${source}`
    const isKnown = typing.typists.has(key)
    if (isTyping) typing.typists.set(key, { userId, until: now() + EXPIRE_MS })
    else typing.typists.delete(key)
    if (isKnown === isTyping) return
    typing.document = document
    documents.set(name, typing)
    schedule(name, typing, COALESCE_MS)
  }

  return {
    extension: {
      extensionName: 'typing',
      onStateless({ connection, document, payload }: onStatelessPayload) {
        const context: SyncContext = connection.context
        const { session } = context
        const message = parseClientMessage(payload)
        if (message?.type === 'typing' && session?.access?.canPost === true) {
          const { userId } = session.identity
          const typist = { userId, source: connection.socketId }
          if (rate.take(userId)) note(document, typist, message.isTyping)
        }
        return Promise.resolve()
      },
    },
    show(userId, conversation, isTyping) {
      requireRate([rate, userId])
      const name = formatConversationName(conversation, newestSegment(conversation))
      const document = hocuspocus().documents.get(name)
      // What nobody has open needs no telling, but has counted all the same.
      if (document !== undefined) note(document, { userId, source: REST }, isTyping)
    },
  }
}
