/** The segments of a conversation that are in memory, shown as one. Pure. */
import type { MessageId } from '../../shared/ids.ts'
import { isTombstone } from '../../shared/records/message.ts'
import type { MessageView, SegmentSnapshot } from './engine-interface.ts'
import { compareViews, findIndex } from './message-views.ts'

export interface OpenChain {
  /** What one reads: segments that follow each other, in the order of the chain. */
  window: readonly SegmentSnapshot[]
  /** Others that are in memory: only what falls between those is shown of them. */
  aside: readonly SegmentSnapshot[]
  /** Says how the conversation as a whole is. */
  newest: SegmentSnapshot
  /** Whether the window ends with the newest segment. */
  isAtEnd: boolean
}

export function mergeSegments({ window, aside, newest, isAtEnd }: OpenChain): SegmentSnapshot {
  if (window.length === 1 && aside.length === 0) return newest
  const segments = [...window, ...aside]
  const run = inOrder(window.map(({ messages }) => messages))
  const [start] = run
  const end = isAtEnd ? undefined : run.at(-1)
  const isShown = (view: MessageView): boolean =>
    isBetween(view, start, end) || (isAtEnd && view.delivery.state !== 'sent')
  const among = aside.map(({ messages }) => messages.filter(isShown))
  return {
    phase: newest.phase,
    denial: newest.denial,
    messages: countReplies(segments, inOrder([run, ...among])),
    undelivered: segments.flatMap(({ undelivered }) => undelivered),
    typing: [...new Set(segments.flatMap(({ typing }) => typing))],
  }
}

/** A thread: its first message and the replies, from wherever they are in memory. */
export function mergeThread(
  segments: readonly SegmentSnapshot[],
  threadId: MessageId,
): readonly MessageView[] {
  return inOrder(
    segments.map(({ messages }) =>
      messages.filter(({ id, record }) => id === threadId || record.parentId === threadId),
    ),
  )
}

/** How many messages of a segment stand in the conversation itself, and not in threads. */
export function countRows({ messages }: SegmentSnapshot): number {
  return messages.filter(({ record }) => record.parentId === undefined && !isTombstone(record))
    .length
}

/** Whether it stands within a run of messages; nothing does while there is none. */
function isBetween(
  view: MessageView,
  start: MessageView | undefined,
  end: MessageView | undefined,
): boolean {
  if (start === undefined || compareViews(view, start) < 0) return false
  return end === undefined || compareViews(view, end) < 0
}

/** Segments follow each other in time, but for what was written late into an older one. */
function inOrder(segments: readonly (readonly MessageView[])[]): readonly MessageView[] {
  let all: readonly MessageView[] = []
  for (const messages of segments) {
    const [start] = messages
    if (start === undefined) continue
    // Each segment stands in order: only what overlaps where they meet needs sorting.
    const lateFrom = findIndex(all, start)
    const lateEnd = lateFrom < all.length ? all.at(-1) : undefined
    if (lateEnd === undefined) all = all.length === 0 ? messages : all.concat(messages)
    else {
      const overlap = findIndex(messages, lateEnd)
      const mixed = [...all.slice(lateFrom), ...messages.slice(0, overlap)].toSorted(compareViews)
      // Not pushed as arguments: a segment may hold more than a call takes.
      all = all.slice(0, lateFrom).concat(mixed, messages.slice(overlap))
    }
  }
  return all
}

/** Each segment counts the replies that it holds; a thread may go on in later ones. */
function countReplies(
  segments: readonly SegmentSnapshot[],
  messages: readonly MessageView[],
): readonly MessageView[] {
  const elsewhere = new Map<string, number>()
  for (const segment of segments) {
    if (!hasRepliesElsewhere(segment)) continue
    const own = new Set(segment.messages.map(({ id }) => id))
    for (const { record } of segment.messages) {
      const { parentId } = record
      if (parentId === undefined || own.has(parentId) || isTombstone(record)) continue
      elsewhere.set(parentId, (elsewhere.get(parentId) ?? 0) + 1)
    }
  }
  if (elsewhere.size === 0) return messages
  return messages.map((view) => {
    const more = elsewhere.get(view.id) ?? 0
    return more === 0 ? view : { ...view, replyCount: view.replyCount + more }
  })
}

/** Older segments hardly ever change, and all are looked at with each change of the newest. */
const known = new WeakMap<readonly MessageView[], boolean>()

/** Whether it holds replies to messages of other segments: more than its own messages count. */
function hasRepliesElsewhere({ messages }: SegmentSnapshot): boolean {
  const isKnown = known.get(messages)
  if (isKnown !== undefined) return isKnown
  let replies = 0
  for (const { record, replyCount } of messages) {
    replies -= replyCount
    if (record.parentId !== undefined && !isTombstone(record)) replies += 1
  }
  known.set(messages, replies > 0)
  return replies > 0
}
