/**
 * An open conversation that outlives the engine behind it: what is on the screen stays while the
 * next engine opens it, and goes back as far as somebody had read.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { ConversationHandle, ConversationSnapshot, Engine } from '../engine-interface.ts'
import { createObservable } from '../observable-value.ts'
import { continueSnapshot, hasCaughtUp } from './continue-snapshot.ts'

export interface SwitchingConversation {
  handle: ConversationHandle
  switchTo: (engine: Engine) => void
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
  /** Where the next engine's messages began when it was asked for those before. */
  let askedBefore: string | undefined

  function publish(): void {
    const next = current.snapshot()
    if (carried !== undefined && hasCaughtUp(carried, next)) carried = undefined
    state.set(carried === undefined ? next : continueSnapshot(carried, next))
    if (carried !== undefined) askForMore(next)
  }

  function askForMore({ older, messages }: ConversationSnapshot): void {
    const start = messages[0]?.id
    if (older !== 'more' || start === askedBefore) return
    askedBefore = start
    current.loadOlder()
  }

  return {
    handle: {
      subscribe: state.subscribe,
      snapshot: state.snapshot,
      send: (message) => current.send(message),
      edit: (messageId, content) => current.edit(messageId, content),
      remove: (messageId) => current.remove(messageId),
      setReaction: (messageId, emoji, isOn) => current.setReaction(messageId, emoji, isOn),
      setPinned: (messageId, isOn) => current.setPinned(messageId, isOn),
      setTyping: (isTyping) => current.setTyping(isTyping),
      loadOlder: () => current.loadOlder(),
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
      askedBefore = undefined
      current = engine.openConversation(conversation)
      unsubscribe = current.subscribe(publish)
      previous.close()
      publish()
    },
  }
}
