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
const at = (time: string): number =>
  Date.parse(time.includes('T') ? `${time}Z` : `2026-11-24T${time}Z`)
const berlin = { ...night, timeZone: 'Europe/Berlin' }
const early = { startMinute: 22 * 60, endMinute: 150, timeZone: 'Europe/Berlin' }

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
  ['the night that is an hour shorter', berlin, '2027-03-27T23:30:00', '2027-03-28T05:00'],
  ['the night that is an hour longer', berlin, '2026-10-24T22:30:00', '2026-10-25T06:00'],
  ['hours that end in the one left out', early, '2027-03-27T23:30:00', '2027-03-28T01:00'],
  ['hours that end in the one that comes twice', early, '2026-10-24T22:30:00', '2026-10-25T00:30'],
  ['that hour, when it comes again', early, '2026-10-25T01:10:00', '2026-10-25T01:30'],
  [
    'a change by half an hour',
    { ...night, timeZone: 'Australia/Lord_Howe' },
    '2026-10-03T14:00:00',
    '2026-10-03T20:00',
  ],
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
