import { expect, test } from 'vitest'
import { parseByteRange } from './byte-range.ts'

const answered: [header: string | undefined, size: number, answer: unknown][] = [
  ['bytes=0-0', 10, { start: 0, end: 0 }],
  ['bytes=2-5', 10, { start: 2, end: 5 }],
  ['bytes=7-', 10, { start: 7, end: 9 }],
  ['bytes=7-99', 10, { start: 7, end: 9 }],
  ['bytes=-3', 10, { start: 7, end: 9 }],
  ['bytes=-99', 10, { start: 0, end: 9 }],
  ['BYTES= 1-2 ', 10, { start: 1, end: 2 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-5', 0, 'unsatisfiable'],
  [undefined, 10, undefined],
  ['bytes=-', 10, undefined],
  ['bytes=5-2', 10, undefined],
  ['bytes=0-1,3-4', 10, undefined],
  ['lines=0-1', 10, undefined],
  ['bytes=a-b', 10, undefined],
  [`bytes=${'9'.repeat(400)}-`, 10, undefined],
]

test.each(answered)('%s of %i bytes', (header, size, answer) => {
  expect(parseByteRange(header, size)).toEqual(answer)
})
