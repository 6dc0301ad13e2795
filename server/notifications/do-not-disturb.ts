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
  const minute = minuteOfDay(timeZone, now)
  const length = (endMinute - startMinute + DAY_MINUTES) % DAY_MINUTES
  const elapsed = (minute - startMinute + DAY_MINUTES) % DAY_MINUTES
  if (elapsed >= length) return undefined
  // Across a change of the clocks this is an hour off; whoever asks then is told the rest.
  return now - (now % MINUTE_MS) + (length - elapsed) * MINUTE_MS
}

function minuteOfDay(timeZone: string, now: number): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(now)
  const numberOf = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  return numberOf('hour') * 60 + numberOf('minute')
}
