/** When a failed delivery is tried again: at growing intervals, and in the end not at all. Pure. */

const FIRST_WAIT_MS = 30_000
const MAX_WAIT_MS = 6 * 60 * 60_000
const MAX_ATTEMPTS = 10

/** Undefined when it is given up; `attempts` counts those that were made. */
export function waitAfter(attempts: number): number | undefined {
  if (attempts >= MAX_ATTEMPTS) return undefined
  return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), MAX_WAIT_MS)
}
