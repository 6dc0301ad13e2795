/**
 * Which segments of a conversation are shown as one: from `first` to `last`, without a gap. It grows
 * where somebody reads on, and lets go of what is far behind them. Knows numbers, and no document.
 */
export interface SegmentWindow {
  first: () => number
  last: () => number
  /** The last segment of the chain, which may lie beyond the window. */
  newest: () => number
  isAtEnd: () => boolean
  has: (segment: number | undefined) => boolean
  /** Shows these instead. */
  moveTo: (first: number, last: number) => void
  /** Takes in the one before, and lets go at the other end. */
  growBack: () => void
  /** Takes in the one after, and lets go at the other end. */
  growForth: () => void
  /** Goes along with the end of the chain, unless somebody reads elsewhere. */
  follow: (newest: number, isReadingBack: boolean) => void
}

/** How many messages of a segment have rows of their own on the screen. */
export type RowCount = (segment: number) => number

/** While nobody reads further up, no more segments than these stay in memory. */
export const KEPT_SEGMENTS = 2
/** However far somebody reads, no more than these, unless they hold little. */
export const MAX_SEGMENTS = 4
/** What is let go of lies further away than the highest screen shows, and than it asks for more. */
export const ROWS_AROUND = 200

export function createSegmentWindow(firstNewest: number, rows: RowCount): SegmentWindow {
  let newest = firstNewest
  let first = newest
  let last = newest

  const isAtEnd = (): boolean => last === newest

  /** Whether enough stays around somebody who reads at the other end of these. */
  function isSpare(segment: number): boolean {
    if (last - first < MAX_SEGMENTS) return false
    let count = 0
    for (let each = first; each <= last; each += 1) if (each !== segment) count += rows(each)
    return count >= ROWS_AROUND
  }

  return {
    first: () => first,
    last: () => last,
    newest: () => newest,
    isAtEnd,
    has: (segment) => segment !== undefined && segment >= first && segment <= last,
    moveTo(from, to) {
      first = from
      last = to
    },
    growBack() {
      first -= 1
      while (isSpare(last)) last -= 1
    },
    growForth() {
      last += 1
      while (isSpare(first)) first += 1
    },
    follow(nextNewest, isReadingBack) {
      const growth = nextNewest - newest
      // Who reads further up while much was written elsewhere is not to load all of that.
      const isLittle = growth <= KEPT_SEGMENTS && last + growth - first < MAX_SEGMENTS
      const follows = isAtEnd() && (!isReadingBack || isLittle)
      newest = nextNewest
      // A store that was restored from a backup may have a shorter chain.
      last = follows ? newest : Math.min(last, newest)
      first = Math.min(first, last)
      if (growth > 0 && follows && !isReadingBack) {
        first = Math.max(first, newest - KEPT_SEGMENTS + 1)
      }
    },
  }
}
