/**
 * The time of new records: the device's clock corrected by the server's, and always later than
 * what stands in the document, so that an answer never sorts before its question.
 */

export interface HybridClock {
  /** Corrected time, ms UTC. */
  now: () => number
  /** A time for a new record in a document whose newest record has this time. */
  next: (newest: number) => number
  /** The server said that it is this time now. */
  correct: (serverNow: number) => void
}

/** Below this the difference may be the network's delay; the device's own clock is steadier. */
const TOLERANCE_MS = 2_000
/** A record from a wrong clock must not drag all later ones with it. */
const MAX_LEAD_MS = 60_000

export function createHybridClock(deviceNow: () => number): HybridClock {
  let offsetMs = 0
  const now = (): number => deviceNow() + offsetMs
  return {
    now,
    next: (newest) => Math.max(now(), Math.min(newest + 1, now() + MAX_LEAD_MS)),
    correct(serverNow) {
      const difference = serverNow - deviceNow()
      offsetMs = Math.abs(difference) > TOLERANCE_MS ? difference : 0
    },
  }
}
