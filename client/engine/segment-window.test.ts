import { expect, test } from 'vitest'
import { createSegmentWindow, MAX_SEGMENTS, ROWS_AROUND, type RowCount } from './segment-window.ts'

const NEWEST = 20
const full: RowCount = () => ROWS_AROUND
const bounds = ({ first, last }: ReturnType<typeof createSegmentWindow>): number[] => [
  first(),
  last(),
]

test('P4 a window lets go at the end from which somebody reads away', () => {
  const window = createSegmentWindow(NEWEST, full)
  for (let step = 1; step < NEWEST; step += 1) {
    window.growBack()
    expect(window.first()).toBe(NEWEST - step)
    expect(window.last() - window.first()).toBeLessThan(MAX_SEGMENTS)
  }
  expect(window.isAtEnd()).toBe(false)
  while (!window.isAtEnd()) window.growForth()
  expect(bounds(window)).toEqual([NEWEST - MAX_SEGMENTS + 1, NEWEST])
})

test('P4 segments that hold little are kept, so that what is on the screen is not let go of', () => {
  const window = createSegmentWindow(NEWEST, () => ROWS_AROUND / 10)
  for (let step = 1; step < 10; step += 1) window.growBack()
  expect(bounds(window)).toEqual([NEWEST - 9, NEWEST])
  // Of eleven, ten are enough.
  window.growBack()
  expect(bounds(window)).toEqual([NEWEST - 10, NEWEST - 1])
})

test('a window follows the end of the chain, but not for somebody who reads in a full one', () => {
  const window = createSegmentWindow(NEWEST, full)
  window.follow(NEWEST + 1, false)
  expect(bounds(window)).toEqual([NEWEST, NEWEST + 1])
  window.follow(NEWEST + 3, true)
  expect(bounds(window)).toEqual([NEWEST, NEWEST + 3])
  window.follow(NEWEST + 4, true)
  expect(bounds(window)).toEqual([NEWEST, NEWEST + 3])
  expect(window.isAtEnd()).toBe(false)
  window.growForth()
  expect(bounds(window)).toEqual([NEWEST + 1, NEWEST + 4])
})

test('P5 a chain that is shorter after a backup was restored takes the window along', () => {
  const window = createSegmentWindow(NEWEST, full)
  window.follow(3, true)
  expect(bounds(window)).toEqual([3, 3])
  expect(window.has(NEWEST)).toBe(false)
})
