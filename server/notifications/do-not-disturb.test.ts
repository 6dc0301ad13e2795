import { expect, test } from 'vitest'
import { quietUntil, type QuietWishes } from './do-not-disturb.ts'

const none: QuietWishes = {
  startMinute: null,
  endMinute: null,
  timeZone: 'UTC',
  status: 'ONLINE',
  statusExpiresAt: null,
}
const night = { startMinute: 22 * 60, endMinute: 7 * 60 }
const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`)

const cases: [
  what: string,
  wishes: Partial<QuietWishes>,
  now: string,
  until: string | undefined,
][] = [
  ['no wish at all', {}, '03:00:00', undefined],
  ['before the hours', night, '21:59:59', undefined],
  ['as they begin', night, '22:00:00', '2026-11-25T07:00'],
  ['after midnight', night, '00:30:00', '2026-11-24T07:00'],
  ['in the last minute', night, '06:59:30', '2026-11-24T07:00'],
  ['as they end', night, '07:00:00', undefined],
  ['hours within one day', { startMinute: 540, endMinute: 600 }, '09:15:00', '2026-11-24T10:00'],
  ['hours of no length', { startMinute: 540, endMinute: 540 }, '09:00:00', undefined],
  [
    'elsewhere in the world',
    { ...night, timeZone: 'Asia/Kolkata' },
    '16:40:00',
    '2026-11-25T01:30',
  ],
  ['the same, before them', { ...night, timeZone: 'Asia/Kolkata' }, '16:20:00', undefined],
  ['a status without an end', { status: 'DND' }, '12:00:00', '2026-11-24T12:10'],
  [
    'a status with one',
    { status: 'DND', statusExpiresAt: at('13:00:00') },
    '12:00:00',
    '2026-11-24T13:00',
  ],
  [
    'a status that has ended',
    { status: 'DND', statusExpiresAt: at('11:00:00') },
    '12:00:00',
    undefined,
  ],
]

test.each(cases)('quiet hours: %s', (_, wishes, now, until) => {
  const found = quietUntil({ ...none, ...wishes }, at(now))
  expect(found && new Date(found).toISOString().slice(0, 16)).toBe(until)
})
