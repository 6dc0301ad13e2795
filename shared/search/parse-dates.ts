/** Dates of a search: a year, a month or a day, in UTC -> from when until when. Pure. */

export interface TimeSpan {
  /** ms UTC; the first that belongs to it. */
  from: number
  /** ms UTC; the first that no longer does. */
  to: number
}

const DATE = /^([12][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/

/** Undefined when it is no date, or one that no calendar has. */
export function parseDateSpan(text: string): TimeSpan | undefined {
  const [, year, month, day] = DATE.exec(text) ?? []
  if (year === undefined) return undefined
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)]
  const from = Date.UTC(y, m, d)
  const read = new Date(from)
  if (read.getUTCMonth() !== m || read.getUTCDate() !== d) return undefined
  if (day !== undefined) return { from, to: Date.UTC(y, m, d + 1) }
  return { from, to: month === undefined ? Date.UTC(y + 1, 0) : Date.UTC(y, m + 1) }
}
