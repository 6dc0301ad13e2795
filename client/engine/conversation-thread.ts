/**
 * The thread that somebody looks at, which may begin long before the window on its conversation and
 * go on after it. Knows which segments hold it; the chain keeps them open meanwhile.
 */
import type { MessageId } from '../../shared/ids.ts'
import type { SegmentSnapshot, ThreadSnapshot } from './engine-interface.ts'
import type { Located } from './locate-message.ts'
import { mergeThread } from './merge-segments.ts'

export interface ConversationThread {
  show: (threadId: MessageId | undefined) => void
  /**
   * Call when the window has moved, before anything leaves the memory: what it covered may have to be
   * looked for now.
   */
  place: () => void
  /** The segments that hold it, as far as they were looked for. */
  segments: () => readonly number[]
  snapshot: (opened: readonly SegmentSnapshot[]) => ThreadSnapshot | undefined
}

export interface ConversationThreadDeps {
  /** Whether the window holds a thread from its first message to its end. */
  isCovered: (threadId: MessageId) => boolean
  /** The segments in memory that have something of it. */
  holding: (threadId: MessageId) => readonly number[]
  locate: (messageId: MessageId) => Promise<Located>
  /** What `segments` or `snapshot` answer has changed. */
  onChange: () => void
}

interface Shown {
  id: MessageId
  isLookedFor: boolean
  state: Exclude<ThreadSnapshot['state'], 'here'>
  segments: readonly number[]
}

export function createConversationThread(deps: ConversationThreadDeps): ConversationThread {
  let shown: Shown | undefined

  async function lookFor(thread: Shown): Promise<void> {
    thread.isLookedFor = true
    const located = await deps.locate(thread.id)
    if (shown !== thread) return
    if (located.state === 'found') {
      thread.segments = [located.place.segment, ...located.place.replySegments]
    } else {
      thread.state = located.state
    }
    deps.onChange()
  }

  function place(): void {
    if (shown === undefined || shown.isLookedFor || deps.isCovered(shown.id)) return
    shown.segments = deps.holding(shown.id)
    void lookFor(shown)
  }

  return {
    show(threadId) {
      if (threadId === shown?.id) return
      shown = threadId && { id: threadId, isLookedFor: false, state: 'looking', segments: [] }
      deps.onChange()
      place()
    },
    place,
    segments: () => shown?.segments ?? [],
    snapshot(opened) {
      if (shown === undefined) return undefined
      const { id, state } = shown
      const messages = mergeThread(opened, id)
      const isHere = messages.some((view) => view.id === id)
      return { id, state: isHere ? 'here' : state, messages }
    },
  }
}
