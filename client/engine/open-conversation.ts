/** Opens a conversation for somebody who looks at it: its chain of documents, and the way to write. */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import { createConversationChain } from './conversation-chain.ts'
import { createConversationHandle } from './conversation-handle.ts'
import type { ConversationSet } from './conversation-set.ts'
import type { ConversationDocument } from './document-interface.ts'
import type { ConversationHandle, HistorySource } from './engine-interface.ts'
import type { HybridClock } from './hybrid-clock.ts'
import type { KnownSegments } from './known-segments.ts'
import { locateMessage } from './locate-message.ts'
import { segmentsNamed } from './named-conversations.ts'
import type { Outbox } from './outbox.ts'

export interface OpenConversationDeps {
  userId: UserId
  segments: KnownSegments
  conversations: ConversationSet
  outbox: Outbox
  clock: HybridClock
  newMessageId: () => MessageId
  history: HistorySource | undefined
}

export function createOpenConversation(
  deps: OpenConversationDeps,
): (conversation: Conversation) => ConversationHandle {
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
    })
    return createConversationHandle({ chain, userId, clock, newMessageId, onClose: chain.close })
  }
}

/** Without REST this device knows its own copies alone. */
const noHistory: HistorySource = {
  readPage: () => Promise.reject(new Error('There is no history to read')),
  locate: () => Promise.reject(new Error('There is no history to look into')),
}
