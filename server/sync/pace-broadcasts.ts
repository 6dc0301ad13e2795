/**
 * How often a document's changes are sent out. A broadcast costs a frame for each connection, and
 * a transaction in each browser, however little is in it. So a document whose many readers get
 * frame after frame gathers changes a little longer; where it is quieter nothing waits at all.
 */
import type { Document } from '@hocuspocus/server'

/** Of one document, to all its connections together. */
const FRAMES_PER_SECOND = 5_000
/** After a pause, so many frames more go out without waiting. */
const BURST = 1_000
/** In a crowd of any size nobody waits longer than this for what another one wrote. */
const MAX_DELAY_MS = 100

export interface BroadcastPace {
  /** How long the next broadcast has to wait, ms; 0 means: until the end of this turn. */
  delayMs: (connections: number) => number
  /** A broadcast has gone out. */
  spend: (connections: number) => void
}

/** `now` in ms. */
export function createBroadcastPace(now: () => number): BroadcastPace {
  let saved = BURST
  let savedAt = now()
  const savedNow = (): number =>
    Math.min(BURST, saved + ((now() - savedAt) * FRAMES_PER_SECOND) / 1_000)
  return {
    delayMs(connections) {
      const missing = connections - savedNow()
      if (missing <= 0) return 0
      return Math.min(MAX_DELAY_MS, Math.ceil((missing * 1_000) / FRAMES_PER_SECOND))
    },
    spend(connections) {
      // Somebody whose wait was cut short owes no more than one broadcast.
      saved = Math.max(-connections, savedNow() - connections)
      savedAt = now()
    },
  }
}

/** Lets a document decide anew, for each broadcast, how long to gather changes for it. */
export function paceBroadcasts(document: Document, now: () => number): void {
  const pace = createBroadcastPace(now)
  const flush = document.flush.bind(document)
  document.flush = () => {
    pace.spend(document.connections.size)
    return flush()
  }
  // Hocuspocus switches gathering off when it destroys the document.
  let isOver = false
  Object.defineProperty(document, 'flushDelay', {
    get: () => (isOver ? false : pace.delayMs(document.connections.size)),
    set(delay: false | number) {
      isOver = delay === false
    },
  })
}
