/** Times as people read them, in the language and time zone of this device. */

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const thisYear = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
})
const otherYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
const minute = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })
const DAY_MS = 24 * 60 * 60 * 1_000

export function formatClock(time: number): string {
  return clock.format(time)
}

export function formatFull(time: number): string {
  return full.format(time)
}

/** When something arrived that stands where it was written: the clock is enough on the same day. */
export function formatArrival(arrivedAt: number, writtenAt: number): string {
  const arrived = new Date(arrivedAt)
  const written = new Date(writtenAt)
  if (arrived.toDateString() === written.toDateString()) return `at ${clock.format(arrived)}`
  const isSameYear = arrived.getFullYear() === written.getFullYear()
  const day = isSameYear ? thisYear : otherYear
  return `on ${day.format(arrived)}, at ${clock.format(arrived)}`
}

export function formatMinute(time: number): string {
  return minute.format(time)
}

export function formatDay(time: number, now: number): string {
  const date = new Date(time)
  if (date.toDateString() === new Date(now).toDateString()) return 'Today'
  if (date.toDateString() === new Date(now - DAY_MS).toDateString()) return 'Yesterday'
  const isThisYear = date.getFullYear() === new Date(now).getFullYear()
  return (isThisYear ? thisYear : otherYear).format(time)
}
