/** How long each conversation's chain of documents is, as far as this browser knows. */
import {
  formatConversationName,
  parseDocumentName,
  type Conversation,
} from '../../shared/document/names.ts'
import type { Facts } from './facts.ts'

export interface SegmentCopy {
  segment: number
  /** The newest `createdAt` in it; 0 when it has changed since. */
  newestAt: number
}

export interface KnownSegments {
  /** The newest segment that this browser has heard of; 1 at first. */
  newest: (conversation: Conversation) => number
  /** Takes note of a segment; tells everybody who listens when it is news. */
  note: (conversation: Conversation, segment: number) => void
  onNews: (listener: (conversation: Conversation) => void) => () => void
  /** Whether this device has a copy of a segment, as far as is known without changes since. */
  isCopied: (conversation: Conversation, segment: number) => boolean
  /** `newestAt`: the newest `createdAt` in it. */
  noteCopied: (conversation: Conversation, segment: number, newestAt: number) => void
  /** Segments of which this device has a copy, old ones included, in the order of the chain. */
  copies: (conversation: Conversation) => SegmentCopy[]
  /** Segments before `end` whose copies have a message at `time` or later: written late. */
  lateSegments: (conversation: Conversation, end: number, time: number) => number[]
  /** Up to which of the server's seqs the changes of a conversation's segments are known. */
  knownSeq: (conversation: Conversation) => number
  /** These segments changed; their copies are old now. */
  noteChanged: (conversation: Conversation, changed: readonly number[], seq: number) => void
  /** The copy of this segment is not on the device any more. */
  noteLost: (conversation: Conversation, segment: number) => void
  /** The same of every segment whose copy is not among these documents. */
  noteKept: (documentNames: ReadonlySet<string>) => void
  /** Segments that were copied, the oldest first. */
  copied: () => { conversation: Conversation; segment: number }[]
  /** Forgets all chains: the server's store is another one. */
  forget: () => void
}

const COPIED = 'copied '

export function createKnownSegments(facts: Facts): KnownSegments {
  const noted = new Map<string, Conversation>()
  const listeners = new Set<(conversation: Conversation) => void>()
  const newestKey = ({ kind, id }: Conversation): string => `newest ${kind}:${id}`
  const copiedKey = (conversation: Conversation, segment: number): string =>
    `${COPIED}${formatConversationName(conversation, segment)}`
  const seqKey = ({ kind, id }: Conversation): string => `seq ${kind}:${id}`
  const newest = (conversation: Conversation): number => facts.get(newestKey(conversation)) ?? 1
  const tell = (conversation: Conversation): void => {
    for (const listener of listeners) listener(conversation)
  }
  /** 0 for a copy that is old. */
  const copiedAt = (conversation: Conversation, segment: number): number =>
    facts.get(copiedKey(conversation, segment)) ?? 0
  function noteLost(conversation: Conversation, segment: number): void {
    if (copiedAt(conversation, segment) === 0) return
    facts.set(copiedKey(conversation, segment), 0)
    tell(conversation)
  }

  function copied(): { conversation: Conversation; segment: number }[] {
    return [...facts.all()]
      .filter(([name, value]) => name.startsWith(COPIED) && value > 0)
      .toSorted(([, one], [, other]) => one - other)
      .flatMap(([name]) => {
        const address = parseDocumentName(name.slice(COPIED.length))
        return address?.kind === 'conversation' ? [address] : []
      })
  }

  return {
    newest,
    noteLost,
    copied,
    noteKept(documentNames) {
      for (const { conversation, segment } of copied()) {
        const name = formatConversationName(conversation, segment)
        if (!documentNames.has(name)) noteLost(conversation, segment)
      }
    },
    note(conversation, segment) {
      if (segment <= newest(conversation)) return
      facts.set(newestKey(conversation), segment)
      noted.set(conversation.id, conversation)
      tell(conversation)
    },
    onNews(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isCopied: (conversation, segment) => copiedAt(conversation, segment) > 0,
    noteCopied(conversation, segment, newestAt) {
      facts.set(copiedKey(conversation, segment), Math.max(1, newestAt))
      tell(conversation)
    },
    copies: (conversation) =>
      Array.from({ length: newest(conversation) }, (_, index) => index + 1).flatMap((segment) => {
        const newestAt = facts.get(copiedKey(conversation, segment))
        return newestAt === undefined ? [] : [{ segment, newestAt }]
      }),
    lateSegments: (conversation, end, time) =>
      Array.from({ length: Math.max(0, end - 1) }, (_, index) => index + 1).filter(
        (segment) => copiedAt(conversation, segment) >= time,
      ),
    knownSeq: (conversation) => facts.get(seqKey(conversation)) ?? 0,
    forget() {
      facts.clear()
      for (const conversation of noted.values()) tell(conversation)
    },
    noteChanged(conversation, changed, seq) {
      for (const segment of changed) {
        if (segment < newest(conversation)) facts.set(copiedKey(conversation, segment), 0)
      }
      facts.set(seqKey(conversation), Math.max(seq, facts.get(seqKey(conversation)) ?? 0))
      tell(conversation)
    },
  }
}
