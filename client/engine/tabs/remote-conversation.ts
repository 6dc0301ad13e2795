/**
 * A conversation as a tab that follows shows it: what the leading tab last told, and over it this
 * tab's own messages that are still on their way there.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import type { ConversationHandle, ConversationSnapshot, MessageView } from '../engine-interface.ts'
import type { HybridClock } from '../hybrid-clock.ts'
import { compareViews } from '../message-views.ts'
import { createObservable } from '../observable-value.ts'
import { applyChanges, type SnapshotChanges } from './snapshot-changes.ts'
import type { ViewCall, WriteCall, WriteCommand } from './tab-messages.ts'

export interface RemoteConversation {
  conversation: Conversation
  handle: ConversationHandle
  /** The leading tab told of changes. */
  take: (changes: SnapshotChanges) => void
  /** What is on its way has changed. */
  publish: () => void
}

export interface RemoteConversationDeps {
  conversation: Conversation
  userId: UserId
  clock: HybridClock
  newMessageId: () => MessageId
  /** This tab's writes that are on their way, oldest first. */
  kept: () => readonly WriteCommand[]
  write: (call: WriteCall) => void
  call: (call: ViewCall) => void
  onClose: () => void
}

const opening: ConversationSnapshot = {
  phase: 'loading',
  denial: undefined,
  messages: [],
  undelivered: [],
  typing: [],
  older: 'none',
}

export function createRemoteConversation(deps: RemoteConversationDeps): RemoteConversation {
  const { conversation, userId, clock, write, call } = deps
  let told = opening
  const state = createObservable<ConversationSnapshot>(shown())

  /** Messages on their way stand where they will stand. */
  function shown(): ConversationSnapshot {
    const own = deps.kept().flatMap((command) => viewOf(command, conversation, userId))
    if (own.length === 0) return told
    const known = new Set(told.messages.map(({ id }) => id))
    const missing = own.filter(({ id }) => !known.has(id))
    if (missing.length === 0) return told
    return { ...told, messages: [...told.messages, ...missing].toSorted(compareViews) }
  }

  const publish = (): void => state.set(shown())

  const handle: ConversationHandle = {
    subscribe: state.subscribe,
    snapshot: state.snapshot,
    send({ content, parentId, replyToId, shownAs }) {
      const newest = state.snapshot().messages.at(-1)?.record.createdAt ?? 0
      const made = shownAs ?? { messageId: deps.newMessageId(), createdAt: clock.next(newest) }
      write(['send', { content, parentId, replyToId, shownAs: made }])
      return made.messageId
    },
    edit: (messageId, content) => write(['edit', messageId, content]),
    remove: (messageId) => write(['remove', messageId]),
    setReaction: (messageId, emoji, isOn) => write(['setReaction', messageId, emoji, isOn]),
    setPinned: (messageId, isOn) => write(['setPinned', messageId, isOn]),
    retry: (outboxId) => write(['retry', outboxId]),
    discard: (outboxId) => write(['discard', outboxId]),
    setTyping: (isTyping) => call(['setTyping', isTyping]),
    loadOlder: () => call(['loadOlder']),
    close: deps.onClose,
  }

  return {
    conversation,
    handle,
    take(changes) {
      told = applyChanges(told.messages, changes)
      publish()
    },
    publish,
  }
}

/** The message that a command will write into this conversation, if it is such a one. */
function viewOf(
  { conversation, call }: WriteCommand,
  { id }: Conversation,
  authorId: UserId,
): MessageView[] {
  if (call[0] !== 'send' || conversation.id !== id) return []
  const { content, parentId, replyToId, shownAs } = call[1]
  return [
    {
      id: shownAs.messageId,
      record: {
        authorId,
        content,
        type: 'TEXT',
        createdAt: shownAs.createdAt,
        version: 1,
        ...(parentId === undefined ? {} : { parentId }),
        ...(replyToId === undefined ? {} : { replyToId }),
      },
      delivery: { state: 'pending' },
      reactions: [],
      isPinned: false,
      replyCount: 0,
    },
  ]
}
