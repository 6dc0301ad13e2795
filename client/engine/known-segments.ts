/** How long each conversation's chain of documents is, as far as this browser knows. */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { Facts } from './facts.ts'

export interface KnownSegments {
  /** The newest segment that this browser has heard of; 1 at first. */
  newest: (conversation: Conversation) => number
  /** Takes note of a segment, and tells everybody who listens when it is news. */
  note: (conversation: Conversation, segment: number) => void
  onNews: (listener: (conversation: Conversation) => void) => () => void
  /** Whether the whole of a segment has once been on this device. */
  isCopied: (conversation: Conversation, segment: number) => boolean
  noteCopied: (conversation: Conversation, segment: number) => void
}

export function createKnownSegments(facts: Facts): KnownSegments {
  const listeners = new Set<(conversation: Conversation) => void>()
  const newestKey = ({ kind, id }: Conversation): string => `newest ${kind}:${id}`
  const copiedKey = (conversation: Conversation, segment: number): string =>
    `copied ${formatConversationName(conversation, segment)}`
  const newest = (conversation: Conversation): number => facts.get(newestKey(conversation)) ?? 1
  return {
    newest,
    note(conversation, segment) {
      if (segment <= newest(conversation)) return
      facts.set(newestKey(conversation), segment)
      for (const listener of listeners) listener(conversation)
    },
    onNews(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isCopied: (conversation, segment) => facts.get(copiedKey(conversation, segment)) === 1,
    noteCopied: (conversation, segment) => facts.set(copiedKey(conversation, segment), 1),
  }
}
