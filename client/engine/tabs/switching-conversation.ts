/**
 * An open conversation that outlives the engine behind it: what is on the screen stays while the
 * next engine opens it, goes to where somebody was reading, and comes as far as they had read.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId } from '../../../shared/ids.ts'
import type {
  ConversationHandle,
  ConversationSnapshot,
  Engine,
  Revealed,
  ThreadSnapshot,
} from '../engine-interface.ts'
import { createObservable } from '../observable-value.ts'
import {
  continueSnapshot,
  continueThread,
  hasCaughtUp,
  hasThreadCaughtUp,
  lacksNewer,
  lacksOlder,
} from './continue-snapshot.ts'

export interface SwitchingConversation {
  handle: ConversationHandle
  switchTo: (engine: Engine) => void
}

/** Somebody asked for a message, and waits for the answer. */
interface Request {
  messageId: MessageId
  resolve: (revealed: Revealed) => void
  reject: (error: unknown) => void
}

export function createSwitchingConversation(
  conversation: Conversation,
  first: Engine,
  onClose: () => void,
): SwitchingConversation {
  let current = first.openConversation(conversation)
  let unsubscribe = current.subscribe(publish)
  const state = createObservable<ConversationSnapshot>(current.snapshot())
  /** What was on the screen when the engine changed, until the next one shows as much. */
  let carried: ConversationSnapshot | undefined
  let carriedThread: ThreadSnapshot | undefined
  /** The message that the window was moved to. */
  let place: MessageId | undefined
  /** The next engine is looking for that message. */
  let isMoving = false
  let threadId: MessageId | undefined
  const requests = new Set<Request>()
  let latest: Request | undefined
  /** Where the next engine's messages began and ended when it was asked for more. */
  let askedBefore: string | undefined
  let askedAfter: string | undefined

  function publish(): void {
    const next = current.snapshot()
    if (carried !== undefined && !isMoving && hasCaughtUp(carried, next)) carried = undefined
    if (carriedThread !== undefined && hasThreadCaughtUp(carriedThread, next.thread)) {
      carriedThread = undefined
    }
    const shown = carried === undefined ? next : continueSnapshot(carried, next)
    const thread =
      carriedThread === undefined ? next.thread : continueThread(carriedThread, next.thread)
    state.set(shown.thread === thread ? shown : { ...shown, thread })
    if (carried !== undefined && !isMoving) askForMore(carried, next)
  }

  function askForMore(shown: ConversationSnapshot, next: ConversationSnapshot): void {
    const start = next.messages[0]?.id
    const end = next.messages.at(-1)?.id
    if (next.older === 'more' && start !== askedBefore && lacksOlder(shown, next)) {
      askedBefore = start
      current.loadOlder()
    }
    if (next.newer === 'more' && end !== askedAfter && lacksNewer(shown, next)) {
      askedAfter = end
      current.loadNewer()
    }
  }

  /** Nothing of before is to be waited for. */
  function showCurrent(): void {
    carried = undefined
    isMoving = false
    publish()
  }

  function showNewest(): void {
    place = undefined
    latest = undefined
    if (carried?.newer !== 'none') showCurrent()
  }

  function ask(request: Request): void {
    const asked = current
    asked.reveal(request.messageId).then(
      (revealed) => {
        // The next engine was asked again.
        if (asked !== current || !requests.delete(request)) return
        if (revealed.state === 'shown' && request === latest) {
          place = request.messageId
          showCurrent()
        }
        request.resolve(revealed)
      },
      (error: unknown) => (requests.delete(request) ? request.reject(error) : undefined),
    )
  }

  /** Goes where the window was; what is on the screen stays where that cannot be reached. */
  async function moveBack(to: MessageId): Promise<void> {
    const asked = current
    isMoving = true
    const { state: outcome } = await asked.reveal(to)
    if (asked !== current || place !== to || outcome !== 'shown') return
    isMoving = false
    publish()
  }

  return {
    handle: {
      subscribe: state.subscribe,
      snapshot: state.snapshot,
      send(message) {
        if (message.parentId === undefined) showNewest()
        return current.send(message)
      },
      edit: (messageId, content) => current.edit(messageId, content),
      remove: (messageId) => current.remove(messageId),
      setReaction: (messageId, emoji, isOn) => current.setReaction(messageId, emoji, isOn),
      setPinned: (messageId, isOn) => current.setPinned(messageId, isOn),
      setTyping: (isTyping) => current.setTyping(isTyping),
      loadOlder: () => current.loadOlder(),
      loadNewer: () => current.loadNewer(),
      reveal(messageId) {
        const { promise, resolve, reject } = Promise.withResolvers<Revealed>()
        latest = { messageId, resolve, reject }
        requests.add(latest)
        ask(latest)
        return promise
      },
      showNewest() {
        showNewest()
        current.showNewest()
      },
      showThread(id) {
        threadId = id
        if (carriedThread?.id !== id) carriedThread = undefined
        current.showThread(id)
      },
      retry: (outboxId) => current.retry(outboxId),
      discard: (outboxId) => current.discard(outboxId),
      close() {
        unsubscribe()
        current.close()
        onClose()
      },
    },
    switchTo(engine) {
      const previous = current
      unsubscribe()
      carried = state.snapshot()
      carriedThread = carried.thread
      askedBefore = undefined
      askedAfter = undefined
      isMoving = false
      current = engine.openConversation(conversation)
      unsubscribe = current.subscribe(publish)
      previous.close()
      if (threadId !== undefined) current.showThread(threadId)
      if (carried.newer !== 'none') {
        place ??= carried.messages.at(-1)?.id
        if (place !== undefined) void moveBack(place)
      }
      for (const request of requests) ask(request)
      publish()
    },
  }
}
