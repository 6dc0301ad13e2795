import { expect, test } from 'vitest'
import { formatArrival, formatClock } from './times.ts'

const written = new Date(2025, 11, 30, 10, 15).getTime()
const at = (...date: [number, number, number]): number => new Date(...date, 8, 5).getTime()

test('an arrival on the day of writing is told by the clock, a later one with its day', () => {
  const sameDay = new Date(2025, 11, 30, 14, 5).getTime()
  expect(formatArrival(sameDay, written)).toBe(`at ${formatClock(sameDay)}`)
  const nextDay = at(2025, 11, 31)
  expect(formatArrival(nextDay, written)).toMatch(/^on .*31.*, at /)
  expect(formatArrival(nextDay, written)).not.toContain('2025')
  expect(formatArrival(at(2026, 0, 2), written)).toMatch(/^on .*2026.*, at /)
})
