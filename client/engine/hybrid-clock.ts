/**
 * The time of new records: the device's clock corrected by the server's, and always later than
 * what stands in the conversation, so that an answer never sorts before its question. What was
 * learnt of the device's clock is kept for a start without the network.
 */
import type { Facts } from './facts.ts'

export interface HybridClock {
  /** Corrected time, ms UTC. */
  now: () => number
  /** A time for a new record in a conversation whose newest record has this time. */
  next: (newest: number) => number
  /** The server said that it is this time now. */
  correct: (serverNow: number) => void
}

export interface HybridClockDeps {
  deviceNow: () => number
  facts: Pick<Facts, 'get' | 'set'>
}

/** Below this the difference may be the network's delay; the device's own clock is steadier. */
const TOLERANCE_MS = 2_000
/** A clock that is behind by more and yet reads later than the server did was set right meanwhile. */
const LONGEST_AWAY_MS = 30 * 24 * 3_600_000
const OFFSET = 'clock offset'
const SERVER_TIME = 'server time'

export function createHybridClock({ deviceNow, facts }: HybridClockDeps): HybridClock {
  /**
   * A clock may be set while nobody looks, which makes what is known of it wrong. But time has
   * only gone on since the server was heard, and not by more than anybody stays away.
   */
  function now(): number {
    const device = deviceNow()
    const offset = facts.get(OFFSET) ?? 0
    const earliest = facts.get(SERVER_TIME) ?? 0
    const corrected = device + offset
    if (corrected < earliest) return Math.max(device, earliest)
    return offset > LONGEST_AWAY_MS && device >= earliest ? device : corrected
  }
  return {
    now,
    next: (newest) => Math.max(now(), newest + 1),
    correct(serverNow) {
      const difference = serverNow - deviceNow()
      const isOff = Math.abs(difference) > TOLERANCE_MS
      facts.set(OFFSET, isOff ? difference : 0)
      // A clock within the tolerance is believed, though it be a little behind.
      facts.set(SERVER_TIME, isOff ? serverNow : Math.min(serverNow, deviceNow()))
    },
  }
}
