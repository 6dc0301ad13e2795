/** Opens a conversation for somebody who looks at it: its chain of documents, and the way to write. */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import { createConversationChain } from './conversation-chain.ts'
import { createConversationHandle } from './conversation-handle.ts'
import type { ConversationSet } from './conversation-set.ts'
import type { ConversationDocument } from './document-interface.ts'
import type {
  ConversationHandle,
  EngineStatus,
  HistorySource,
  Observable,
} from './engine-interface.ts'
import type { HybridClock } from './hybrid-clock.ts'
import type { KnownSegments } from './known-segments.ts'
import { locateMessage } from './locate-message.ts'
import { segmentsNamed } from './named-conversations.ts'
import type { Outbox } from './outbox.ts'
import type { Brought } from './reveal-message.ts'

/** A conversation in the tab that runs the engine, which writes about messages for other tabs. */
export interface LocalHandle extends ConversationHandle {
  /** Takes a message into memory, however old, until the handle is closed. */
  bring: (messageId: MessageId) => Promise<Brought>
}

export interface OpenConversationDeps {
  userId: UserId
  segments: KnownSegments
  conversations: ConversationSet
  outbox: Outbox
  clock: HybridClock
  newMessageId: () => MessageId
  history: HistorySource | undefined
  status: Observable<EngineStatus>
}

export function createOpenConversation(
  deps: OpenConversationDeps,
): (conversation: Conversation) => LocalHandle {
  const { userId, segments, conversations, outbox, clock, newMessageId } = deps
  const { history = noHistory } = deps
  return (conversation) => {
    const nameOf = (segment: number): string => formatConversationName(conversation, segment)
    const acquire = (segment: number): ConversationDocument =>
      conversations.acquire(nameOf(segment))
    const release = (segment: number): void => conversations.release(nameOf(segment))
    const locating = {
      ask: (messageId: MessageId) => history.locate(conversation, messageId),
      copies: () => segments.copies(conversation),
      acquire,
      release,
    }
    const chain = createConversationChain({
      newestSegment: () => segments.newest(conversation),
      noteSegment: (segment) => segments.note(conversation, segment),
      onNewSegment: (listener) =>
        segments.onNews((changed) => (changed.id === conversation.id ? listener() : undefined)),
      lateSegments: (end, time) => segments.lateSegments(conversation, end, time),
      unsettledSegments: () =>
        outbox.documentNames().flatMap((name) => segmentsNamed(name, conversation)),
      acquire,
      release,
      readPage: () => history.readPage(conversation),
      locate: (messageId) => locateMessage(locating, messageId),
      isOffline: () => deps.status.snapshot().connection === 'offline',
      onConnectionChange: deps.status.subscribe,
    })
    const onClose = chain.close
    const handle = createConversationHandle({ chain, userId, clock, newMessageId, onClose })
    return { ...handle, bring: chain.bring }
  }
}

/** Without REST this device knows its own copies alone. */
const noHistory: HistorySource = {
  readPage: () => Promise.reject(new Error('There is no history to read')),
  locate: () => Promise.reject(new Error('There is no history to look into')),
}
