/** How long one who is not let in waits before asking again: a conversation may be yet to come. */
import type { Refusal } from '../../shared/sync/refusal.ts'

export interface AccessPatience {
  /** ms until the next attempt; undefined when the answer is final. */
  next: (refusal: Refusal) => number | undefined
  reset: () => void
}

const DELAY_MS = 1_000
/** A conversation made offline may reach the server a little after its first message does. */
const MAX_ATTEMPTS = 4

export function createAccessPatience(): AccessPatience {
  let attempts = 0
  return {
    next({ code }) {
      attempts += 1
      const mayComeYet = code === 'not_found' || code === 'not_participant'
      return mayComeYet && attempts < MAX_ATTEMPTS ? DELAY_MS * 2 ** (attempts - 1) : undefined
    },
    reset() {
      attempts = 0
    },
  }
}
