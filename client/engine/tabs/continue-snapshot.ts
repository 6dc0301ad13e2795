/**
 * A conversation goes on being shown while another engine takes over: what was on the screen
 * stays until the new engine has come as far, and what that one knows already stands among it.
 * Never joins two stretches between which something may be missing. Pure.
 */
import type { ConversationSnapshot, MessageView, ThreadSnapshot } from '../engine-interface.ts'
import { compareViews } from '../message-views.ts'

/** Whether `next` shows all that `shown` did, and can stand alone. */
export function hasCaughtUp(shown: ConversationSnapshot, next: ConversationSnapshot): boolean {
  const isEmpty = shown.messages.length === 0
  if (isOpening(shown, next)) {
    return shown.phase === 'loading' || (isEmpty && next.phase !== 'loading')
  }
  if (isEmpty || next.phase === 'denied') return true
  return !lacksOlder(shown, next) && !lacksNewer(shown, next)
}

/** Whether messages that were shown stand before those that `next` has. */
export function lacksOlder(shown: ConversationSnapshot, next: ConversationSnapshot): boolean {
  const [first] = shown.messages
  const [nextFirst] = next.messages
  if (first === undefined || next.older === 'none') return false
  return nextFirst === undefined || compareViews(nextFirst, first) > 0
}

/** Whether messages that were shown stand after those that `next` has. */
export function lacksNewer(shown: ConversationSnapshot, next: ConversationSnapshot): boolean {
  const last = shown.messages.at(-1)
  const nextLast = next.messages.at(-1)
  if (last === undefined || next.newer === 'none') return false
  return nextLast === undefined || compareViews(nextLast, last) < 0
}

export function continueSnapshot(
  shown: ConversationSnapshot,
  next: ConversationSnapshot,
): ConversationSnapshot {
  const isStillOpening = isOpening(shown, next)
  const base = isStillOpening ? shown : next
  // Both end with the newest message, or there is a gap between them.
  const isAtEnd = shown.newer === 'none' && next.newer === 'none'
  if (!isAtEnd) {
    const { older, newer } = shown
    return { ...base, older, newer, messages: renew(shown.messages, next.messages) }
  }
  const [nextFirst] = next.messages
  const known = new Set(next.messages.map(({ id }) => id))
  const isWanted = (view: MessageView): boolean =>
    !known.has(view.id) &&
    (isStillOpening || nextFirst === undefined || compareViews(view, nextFirst) < 0)
  const carried = shown.messages.filter(isWanted)
  return { ...base, messages: [...carried, ...next.messages].toSorted(compareViews) }
}

/** Whether a thread is as long again as it was shown; what was not sent may have been given up. */
export function hasThreadCaughtUp(
  shown: ThreadSnapshot,
  next: ThreadSnapshot | undefined,
): boolean {
  if (next?.id !== shown.id || next.state === 'looking') return false
  const known = new Set(next.messages.map(({ id }) => id))
  return shown.messages.every(({ id, delivery }) => delivery.state !== 'sent' || known.has(id))
}

export function continueThread(
  shown: ThreadSnapshot,
  next: ThreadSnapshot | undefined,
): ThreadSnapshot {
  if (next?.id !== shown.id) return shown
  const known = new Set(shown.messages.map(({ id }) => id))
  const added = next.messages.filter(({ id }) => !known.has(id))
  const messages = [...renew(shown.messages, next.messages), ...added].toSorted(compareViews)
  return { ...shown, messages }
}

/** The same messages, as they are now where that is known. */
function renew(shown: readonly MessageView[], next: readonly MessageView[]): MessageView[] {
  const known = new Map(next.map((view) => [view.id, view]))
  return shown.map((view) => known.get(view.id) ?? view)
}

/** Its copy is not read, or there is none; or it has less than that for the time being. */
function isOpening(shown: ConversationSnapshot, { phase }: ConversationSnapshot): boolean {
  return (
    phase === 'loading' ||
    phase === 'empty-copy' ||
    (phase === 'preview' && (shown.phase === 'ready' || shown.phase === 'denied'))
  )
}
