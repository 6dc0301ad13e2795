/** When somebody wants no push and no e-mail: hours of the day where they live, or the status DND. Pure. */

export interface QuietWishes {
  /** Minutes after midnight in `timeZone`; both null for never. */
  startMinute: number | null
  endMinute: number | null
  timeZone: string
  status: string
  /** When the status ends, ms UTC. */
  statusExpiresAt: number | null
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A status without an end is looked at again after this time. */
const STATUS_RECHECK_MS = 10 * MINUTE_MS

/** Until when (ms UTC) nothing may be delivered; undefined when it may be now. */
export function quietUntil(wishes: QuietWishes, now: number): number | undefined {
  const { status, statusExpiresAt, startMinute, endMinute, timeZone } = wishes
  if (status === 'DND' && (statusExpiresAt === null || statusExpiresAt > now)) {
    return statusExpiresAt ?? now + STATUS_RECHECK_MS
  }
  if (startMinute === null || endMinute === null) return undefined
  const minuteOfDay = createMinuteOfDay(timeZone)
  const length = (endMinute - startMinute + DAY_MINUTES) % DAY_MINUTES
  /** How many minutes of the hours are left by the clock on the wall; 0 outside of them. */
  const leftAt = (time: number): number => {
    const elapsed = (minuteOfDay(time) - startMinute + DAY_MINUTES) % DAY_MINUTES
    return Math.max(0, length - elapsed)
  }
  const start = now - (now % MINUTE_MS)
  if (leftAt(start) === 0) return undefined
  // Where clocks are put back, the wall shows the quiet hours again.
  let end = start
  for (let left = leftAt(end); left > 0; left = leftAt(end)) end += left * MINUTE_MS
  return firstMinute(start, end, (time) => leftAt(time) === 0)
}

/** Where clocks are put forward, the hours are over before as many minutes have gone by. */
function firstMinute(start: number, end: number, isOver: (time: number) => boolean): number {
  let [quiet, over] = [start / MINUTE_MS, end / MINUTE_MS]
  while (over - quiet > 1) {
    const middle = Math.floor((quiet + over) / 2)
    if (isOver(middle * MINUTE_MS)) over = middle
    else quiet = middle
  }
  return over * MINUTE_MS
}

function createMinuteOfDay(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  return (time) => {
    const parts = format.formatToParts(time)
    const numberOf = (type: string): number =>
      Number(parts.find((part) => part.type === type)?.value)
    return numberOf('hour') * 60 + numberOf('minute')
  }
}
