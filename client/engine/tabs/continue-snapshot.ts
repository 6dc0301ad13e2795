/**
 * A conversation goes on being shown while another engine takes over: what was on the screen
 * stays until the new engine has come as far, and what that one knows already stands among it. Pure.
 */
import type { ConversationSnapshot, MessageView } from '../engine-interface.ts'
import { compareViews } from '../message-views.ts'

/** Whether `next` shows all that `shown` did, and can stand alone. */
export function hasCaughtUp(shown: ConversationSnapshot, next: ConversationSnapshot): boolean {
  const [first] = shown.messages
  if (isOpening(next)) return shown.phase === 'loading' || (first === undefined && !isLoading(next))
  const [nextFirst] = next.messages
  if (first === undefined || next.older === 'none' || next.phase === 'denied') return true
  return nextFirst !== undefined && compareViews(nextFirst, first) <= 0
}

export function continueSnapshot(
  shown: ConversationSnapshot,
  next: ConversationSnapshot,
): ConversationSnapshot {
  const isStillOpening = isOpening(next)
  const [nextFirst] = next.messages
  const known = new Set(next.messages.map(({ id }) => id))
  const isWanted = (view: MessageView): boolean =>
    !known.has(view.id) &&
    (isStillOpening || nextFirst === undefined || compareViews(view, nextFirst) < 0)
  const carried = shown.messages.filter(isWanted)
  return {
    ...(isStillOpening ? shown : next),
    messages: [...carried, ...next.messages].toSorted(compareViews),
  }
}

const isLoading = ({ phase }: ConversationSnapshot): boolean => phase === 'loading'

/** Its copy is not read, or there is none. */
const isOpening = ({ phase }: ConversationSnapshot): boolean =>
  phase === 'loading' || phase === 'empty-copy'
