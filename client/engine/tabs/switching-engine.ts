/**
 * The engine that the rest of the client holds while the one that does the work changes: this
 * tab's own, or the leading tab's. Knows nothing of tabs.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { DirectoryNews, Engine, KnownConversation } from '../engine-interface.ts'
import { createObservable } from '../observable-value.ts'
import {
  createSwitchingConversation,
  type SwitchingConversation,
} from './switching-conversation.ts'

export interface SwitchingEngine extends Engine {
  /** Goes on with this one. The one before is left to whoever opened it. */
  switchTo: (next: Engine) => void
}

export function createSwitchingEngine(first: Engine): SwitchingEngine {
  let current = first
  const status = createObservable(first.status.snapshot())
  const presence = createObservable(first.presence.snapshot())
  const listeners = new Set<(event: DirectoryNews | undefined) => void>()
  const conversations = new Set<SwitchingConversation>()
  let known: readonly KnownConversation[] = []
  let kept: readonly Conversation[] | undefined
  let looking: readonly Conversation[] = []
  let stopFollowing = follow()

  function follow(): () => void {
    const { status: shownStatus, presence: shownPresence, onDirectoryEvent } = current
    const subscriptions = [
      shownStatus.subscribe(() => status.set(shownStatus.snapshot())),
      shownPresence.subscribe(() => presence.set(shownPresence.snapshot())),
      onDirectoryEvent((event) => listeners.forEach((listener) => listener(event))),
    ]
    status.set(shownStatus.snapshot())
    presence.set(shownPresence.snapshot())
    return () => subscriptions.forEach((unsubscribe) => unsubscribe())
  }

  return {
    status,
    presence,
    switchTo(next) {
      stopFollowing()
      current = next
      // First how long the chains are: conversations open at their end.
      next.noteNewestSegments(known)
      stopFollowing = follow()
      for (const conversation of conversations) conversation.switchTo(next)
      if (kept !== undefined) next.keepCopies(kept)
      next.setLooking(looking)
    },
    openConversation(conversation) {
      const opened = createSwitchingConversation(conversation, current, () =>
        conversations.delete(opened),
      )
      conversations.add(opened)
      return opened.handle
    },
    noteNewestSegments(segments) {
      known = segments
      current.noteNewestSegments(segments)
    },
    keepCopies(wanted) {
      kept = wanted
      current.keepCopies(wanted)
    },
    onDirectoryEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setLooking(conversations) {
      looking = conversations
      current.setLooking(conversations)
    },
    reconnect: () => current.reconnect(),
    close: () => current.close(),
    erase: () => current.erase(),
  }
}
