/**
 * Fetches the older segments of kept conversations, newest first, so that their whole history is
 * there offline. Politely: a few at a time, and not while the page is hidden or data is dear.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationDocument } from './document-interface.ts'
import type { KnownSegments } from './known-segments.ts'

export interface SegmentCopier {
  /** Copies what is missing of exactly these conversations. Call, too, when a chain or copy changed. */
  keep: (conversations: readonly Conversation[]) => void
  /** Call when a document's sync state has changed, or when there is more to copy. */
  advance: () => void
  /** How many segments are still to be copied. */
  missing: () => number
  close: () => void
}

export interface SegmentCopierDeps {
  segments: KnownSegments
  acquire: (conversation: Conversation, segment: number) => ConversationDocument
  release: (conversation: Conversation, segment: number) => void
  /** Whether now is a good time: connected, in sight, and not on a metered network. */
  mayCopy: () => boolean
  onCopied: () => void
}

const AT_ONCE = 2

interface Copying {
  conversation: Conversation
  segment: number
  document: ConversationDocument
}

export function createSegmentCopier(deps: SegmentCopierDeps): SegmentCopier {
  const { segments, acquire, release, mayCopy } = deps
  let kept: readonly Conversation[] = []
  let copying: Copying[] = []
  /** Asked again when the directory says something new: not over and over. */
  const refused = new Set<string>()
  /** Counted anew when a chain or a copy has changed, of which `keep` is told; not at each message. */
  let missing: number | undefined
  let isClosed = false
  let isAdvancing = false
  let mustRepeat = false

  function settle(): void {
    const finished = copying.filter(
      ({ document }) => document.isSynced() || document.isDenied() || isClosed,
    )
    if (finished.length === 0) return
    copying = copying.filter((each) => !finished.includes(each))
    for (const { conversation, segment, document } of finished) {
      if (document.isDenied()) refused.add(conversation.id)
      if (document.isSynced()) {
        segments.noteCopied(conversation, segment, document.newest())
        deps.onCopied()
      }
      release(conversation, segment)
    }
  }

  function nextMissing(): { conversation: Conversation; segment: number } | undefined {
    for (const conversation of kept) {
      if (refused.has(conversation.id)) continue
      // The newest one is open all the time.
      for (let segment = segments.newest(conversation) - 1; segment >= 1; segment -= 1) {
        const isUnderWay = copying.some(
          (each) => each.conversation.id === conversation.id && each.segment === segment,
        )
        if (!isUnderWay && !segments.isCopied(conversation, segment)) {
          return { conversation, segment }
        }
      }
    }
    return undefined
  }

  function countMissing(conversation: Conversation): number {
    let count = 0
    for (let segment = segments.newest(conversation) - 1; segment >= 1; segment -= 1) {
      if (!segments.isCopied(conversation, segment)) count += 1
    }
    return count
  }

  function fill(): void {
    while (!isClosed && copying.length < AT_ONCE && mayCopy()) {
      const next = nextMissing()
      if (next === undefined) return
      const document = acquire(next.conversation, next.segment)
      copying.push({ ...next, document })
      // One that is on the screen is in step already: nobody will say so again.
      if (document.isSynced()) mustRepeat = true
    }
  }

  /** What is told of a finished copy may lead back to here. */
  function advance(): void {
    mustRepeat = true
    if (isAdvancing) return
    isAdvancing = true
    while (mustRepeat) {
      mustRepeat = false
      settle()
      fill()
    }
    isAdvancing = false
  }

  return {
    keep(conversations) {
      if (conversations !== kept) refused.clear()
      kept = conversations
      missing = undefined
      advance()
    },
    advance,
    missing() {
      missing ??= kept.reduce((sum, conversation) => sum + countMissing(conversation), 0)
      return missing
    },
    close() {
      isClosed = true
      settle()
    },
  }
}
