/**
 * A conversation as a tab that follows shows it: what the leading tab last told, and over it this
 * tab's own messages that are still on their way there.
 */
import { randomId } from '../random-id.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import type {
  ConversationHandle,
  ConversationSnapshot,
  MessageView,
  Revealed,
} from '../engine-interface.ts'
import type { HybridClock } from '../hybrid-clock.ts'
import { compareViews } from '../message-views.ts'
import { createObservable } from '../observable-value.ts'
import { openingSnapshot } from '../opening-snapshot.ts'
import { applyChanges, type SnapshotChanges } from './snapshot-changes.ts'
import type { FollowerMessage, ViewCall, WriteCall, WriteCommand } from './tab-messages.ts'

export interface RemoteConversation {
  handle: ConversationHandle
  /** Has the leading tab open it, with what was asked for before there was one. */
  open: () => void
  /** The leading tab told of changes. */
  take: (changes: SnapshotChanges) => void
  /** The leading tab has answered a question of this one. */
  answer: (requestId: string, revealed: Revealed) => void
  /** What is on its way has changed. */
  publish: () => void
}

export interface RemoteConversationDeps {
  handleId: string
  conversation: Conversation
  userId: UserId
  clock: HybridClock
  newMessageId: () => MessageId
  /** This tab's writes that are on their way, oldest first. */
  kept: () => readonly WriteCommand[]
  write: (call: WriteCall) => void
  /** Says it to the leading tab; nobody hears it while there is none. */
  tell: (message: FollowerMessage) => void
  onClose: () => void
}

export function createRemoteConversation(deps: RemoteConversationDeps): RemoteConversation {
  const { handleId, conversation, userId, clock, write, tell } = deps
  /** Reveals that the leading tab has not answered yet, in the order in which they were asked. */
  const asked = new Map<string, { messageId: MessageId; resolve: (revealed: Revealed) => void }>()
  let threadId: MessageId | undefined
  let told = openingSnapshot
  /** Written here, away from the end: the window on these is the end, until the leading tab is there. */
  let written: readonly MessageView[] = []
  const state = createObservable<ConversationSnapshot>(shown())

  /** Messages on their way stand where they will stand. */
  function shown(): ConversationSnapshot {
    const own = deps.kept().flatMap((command) => viewOf(command, conversation, userId))
    if (own.length + written.length === 0) return told
    const { thread } = told
    const replies = own.filter(({ record }) => record.parentId === thread?.id)
    const withReplies: ConversationSnapshot = {
      ...told,
      thread: thread && { ...thread, messages: withOwn(thread.messages, replies) },
    }
    if (told.newer === 'none') return { ...withReplies, messages: withOwn(told.messages, own) }
    // Nothing is shown beyond a gap.
    if (written.length === 0) return withReplies
    return { ...withReplies, messages: written, older: 'loading', newer: 'none' }
  }

  /** As in the leading tab: whoever writes wants to see it. */
  function goToEnd(view: readonly MessageView[]): void {
    if (told.newer !== 'none') written = [...written, ...view]
    call(['showNewest'])
  }

  const publish = (): void => state.set(shown())
  const call = (asks: ViewCall): void => tell({ type: 'call', handleId, call: asks })
  const askToReveal = (requestId: string, messageId: MessageId): void =>
    tell({ type: 'reveal', handleId, requestId, messageId })

  const handle: ConversationHandle = {
    subscribe: state.subscribe,
    snapshot: state.snapshot,
    send({ content, parentId, replyToId, shownAs }) {
      const newest = state.snapshot().messages.at(-1)?.record.createdAt ?? 0
      const made = shownAs ?? { messageId: deps.newMessageId(), createdAt: clock.next(newest) }
      const sending = ['send', { content, parentId, replyToId, shownAs: made }] satisfies WriteCall
      if (parentId === undefined)
        goToEnd(viewOf({ conversation, call: sending }, conversation, userId))
      write(sending)
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
    loadNewer: () => call(['loadNewer']),
    reveal(messageId) {
      written = []
      const { promise, resolve } = Promise.withResolvers<Revealed>()
      const requestId = randomId()
      asked.set(requestId, { messageId, resolve })
      askToReveal(requestId, messageId)
      return promise
    },
    showNewest: () => call(['showNewest']),
    showThread(id) {
      threadId = id
      call(['showThread', id])
    },
    close: deps.onClose,
  }

  return {
    handle,
    open() {
      tell({ type: 'open', handleId, conversation })
      if (threadId !== undefined) call(['showThread', threadId])
      for (const [requestId, { messageId }] of asked) askToReveal(requestId, messageId)
    },
    take(changes) {
      told = applyChanges(told, changes)
      if (told.newer === 'none') written = []
      publish()
    },
    answer(requestId, revealed) {
      asked.get(requestId)?.resolve(revealed)
      asked.delete(requestId)
    },
    publish,
  }
}

function withOwn(
  told: readonly MessageView[],
  own: readonly MessageView[],
): readonly MessageView[] {
  const known = new Set(told.map(({ id }) => id))
  const missing = own.filter(({ id }) => !known.has(id))
  return missing.length === 0 ? told : [...told, ...missing].toSorted(compareViews)
}

/** The message that a command will write into this conversation, if it is such a one. */
function viewOf(
  { conversation, call }: Pick<WriteCommand, 'conversation' | 'call'>,
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
