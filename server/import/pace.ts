/**
 * How fast an import writes. Beside a running server it works in parts so small that none of them
 * is felt, and rests after each as long as it took; three times as long while people write, and
 * longer while the server has other work.
 */

export interface Pace {
  /** How many messages the next part may hold. */
  partSize: () => number
  /** Runs a part, of so many messages where that matters, and rests. */
  run: <Result>(part: () => Promise<Result>, messages?: number) => Promise<Result>
}

const MAX_PART = 400

/** For a process that nobody else waits for. */
export const fullSpeed: Pace = { partSize: () => MAX_PART, run: (part) => part() }

export interface CourteousPaceDeps {
  /** Monotonic, ms. */
  now: () => number
  /** How much processor time this process has used, ms. */
  usedMs: () => number
  rest: (ms: number) => Promise<void>
  /** Which share of the time since the last call, 0 to 1, this process was at work. */
  busyShare: () => number
  /** Whether people are writing messages now. */
  arePeopleWriting: () => boolean
}

/**
 * Processor time of a part, which is judged, stored and put into the tables in two goes, each
 * about half of this. Waiting for the disk comes on top, however small a part is.
 */
const PART_MS = 6
/** Of four messages of a person, three meet no part at all. */
const RESTS_BESIDE_WRITERS = 3
const FIRST_PART = 20
const MIN_PART = 5
const BUSY = 0.4
/** A machine that is busy all the time must not make an import endless. */
const MAX_MORE_RESTS = 3

/** Keeps parts short and gives way. */
export function createCourteousPace(deps: CourteousPaceDeps): Pace {
  const { now, usedMs, rest, busyShare, arePeopleWriting } = deps
  let partSize = FIRST_PART
  return {
    partSize: () => partSize,
    async run(part, messages) {
      const start = now()
      const usedBefore = usedMs()
      const result = await part()
      const tookMs = now() - start
      if (messages !== undefined) partSize = nextSize(partSize, messages, usedMs() - usedBefore)
      busyShare()
      await rest(arePeopleWriting() ? tookMs * RESTS_BESIDE_WRITERS : tookMs)
      for (let more = 0; more < MAX_MORE_RESTS && busyShare() > BUSY; more += 1) await rest(tookMs)
      return result
    },
  }
}

/** Half way to what would have fitted, as one part says little; at most doubled. */
function nextSize(size: number, messages: number, usedMs: number): number {
  const fitting = (messages * PART_MS) / Math.max(usedMs, 0.1)
  return Math.round(Math.max(MIN_PART, Math.min((size + fitting) / 2, size * 2, MAX_PART)))
}
