/** The segments of a conversation that are in memory, shown as one. Pure. */
import { isTombstone } from '../../shared/records/message.ts'
import type { MessageView, SegmentSnapshot } from './engine-interface.ts'
import { compareViews, findIndex } from './message-views.ts'

/** `segments` are in the order of the chain; `newest` says how the conversation as a whole is. */
export function mergeSegments(
  segments: readonly SegmentSnapshot[],
  newest: SegmentSnapshot,
): SegmentSnapshot {
  if (segments.length === 1) return newest
  return {
    phase: newest.phase,
    denial: newest.denial,
    messages: countReplies(segments, inOrder(segments)),
    undelivered: segments.flatMap(({ undelivered }) => undelivered),
    typing: [...new Set(segments.flatMap(({ typing }) => typing))],
  }
}

/** Segments follow each other in time, but for what was written late into an older one. */
function inOrder(segments: readonly SegmentSnapshot[]): MessageView[] {
  let all: MessageView[] = []
  for (const { messages } of segments) {
    const [start] = messages
    // Each segment stands in order: only what overlaps where they meet needs sorting.
    const late = start === undefined ? [] : all.splice(findIndex(all, start))
    const lateEnd = late.at(-1)
    const overlap = lateEnd === undefined ? 0 : findIndex(messages, lateEnd)
    const mixed = [...late, ...messages.slice(0, overlap)].toSorted(compareViews)
    // Not pushed as arguments: a segment may hold more than a call takes.
    all = all.concat(mixed, messages.slice(overlap))
  }
  return all
}

/** Each segment counts the replies that it holds; a thread may go on in later ones. */
function countReplies(
  segments: readonly SegmentSnapshot[],
  messages: MessageView[],
): MessageView[] {
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

/** Whether it holds replies to messages of other segments: more than its own messages count. */
function hasRepliesElsewhere({ messages }: SegmentSnapshot): boolean {
  let replies = 0
  for (const { record, replyCount } of messages) {
    replies -= replyCount
    if (record.parentId !== undefined && !isTombstone(record)) replies += 1
  }
  return replies > 0
}
