/**
 * What changed between two snapshots of a conversation, small enough to send at each keystroke of
 * a thousand people: an unchanged message is the same object in both, and is not sent again. Pure.
 */
import type { ConversationSnapshot, MessageView, ThreadSnapshot } from '../engine-interface.ts'

/** One stretch of the new list: `count` of the list before, from `from` on; or messages not in it. */
export type Stretch = { from: number; count: number } | { views: MessageView[] }

export interface SnapshotChanges {
  /** All fields but the messages, which are few and small. */
  fields: Omit<ConversationSnapshot, 'messages' | 'thread'>
  /** The new list of messages, end to end. */
  stretches: readonly Stretch[]
  /** The same of the thread that is shown. */
  thread: ThreadChanges | undefined
}

export interface ThreadChanges {
  fields: Omit<ThreadSnapshot, 'messages'>
  stretches: readonly Stretch[]
}

/** What there was before: a snapshot, or nothing yet. */
type Before = Pick<ConversationSnapshot, 'messages' | 'thread'>

export function findChanges(
  before: Before,
  { messages, thread, ...fields }: ConversationSnapshot,
): SnapshotChanges {
  return {
    fields,
    stretches: findStretches(before.messages, messages),
    thread: thread && findThreadChanges(before.thread, thread),
  }
}

function findThreadChanges(
  before: ThreadSnapshot | undefined,
  { messages, ...fields }: ThreadSnapshot,
): ThreadChanges {
  return { fields, stretches: findStretches(before?.messages ?? [], messages) }
}

/** Makes the snapshot anew from the messages that were there before and what changed. */
export function applyChanges(
  before: Before,
  { fields, stretches, thread }: SnapshotChanges,
): ConversationSnapshot {
  return {
    ...fields,
    messages: applyStretches(before.messages, stretches),
    thread: thread && {
      ...thread.fields,
      messages: applyStretches(before.thread?.messages ?? [], thread.stretches),
    },
  }
}

function applyStretches(
  before: readonly MessageView[],
  stretches: readonly Stretch[],
): readonly MessageView[] {
  return stretches.flatMap((stretch) =>
    'views' in stretch ? stretch.views : before.slice(stretch.from, stretch.from + stretch.count),
  )
}

function findStretches(
  before: readonly MessageView[],
  after: readonly MessageView[],
): readonly Stretch[] {
  // Most changes touch a place or two: the ends are compared, and only what lies between is sought.
  let start = 0
  while (start < after.length && start < before.length && before[start] === after[start]) start += 1
  let same = 0
  const room = Math.min(before.length, after.length) - start
  while (same < room && before.at(-1 - same) === after.at(-1 - same)) same += 1

  const stretches: Stretch[] = []
  keep(stretches, 0, start)
  const places = new Map<MessageView | undefined, number>()
  for (let index = start; index < before.length - same; index += 1) places.set(before[index], index)
  for (const view of after.slice(start, after.length - same)) {
    const place = places.get(view)
    if (place === undefined) add(stretches, view)
    else keep(stretches, place, 1)
  }
  keep(stretches, before.length - same, same)
  return stretches
}

function keep(stretches: Stretch[], from: number, count: number): void {
  if (count === 0) return
  const last = stretches.at(-1)
  if (last !== undefined && 'from' in last && last.from + last.count === from) last.count += count
  else stretches.push({ from, count })
}

function add(stretches: Stretch[], view: MessageView): void {
  const last = stretches.at(-1)
  if (last !== undefined && 'views' in last) last.views.push(view)
  else stretches.push({ views: [view] })
}
