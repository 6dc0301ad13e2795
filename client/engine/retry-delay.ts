/** How long to wait before the next attempt: longer each time, until one succeeds. */
export interface RetryDelay {
  /** ms */
  next: () => number
  reset: () => void
}

const FIRST_MS = 1_000
const LONGEST_MS = 30_000
const MAX_DOUBLINGS = 5

export function createRetryDelay(): RetryDelay {
  let failures = 0
  return {
    next() {
      failures += 1
      return Math.min(FIRST_MS * 2 ** Math.min(failures - 1, MAX_DOUBLINGS), LONGEST_MS)
    },
    reset() {
      failures = 0
    },
  }
}
