import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchLeader, type LeaderWatch } from './watch-leader.ts'

let isVisible: boolean
let unfit: number
let watch: LeaderWatch
/** How the leader answers; undefined when it does not. */
let answer: boolean | undefined
const SECOND_MS = 1_000

beforeEach(() => {
  vi.useFakeTimers()
  isVisible = true
  unfit = 0
  answer = true
  watch = watchLeader({
    platform: { isVisible: () => isVisible, onVisibilityChange: () => () => undefined },
    ask() {
      if (answer === undefined) return
      watch.onSign()
      watch.onAnswer(answer)
    },
    onUnfit: () => (unfit += 1),
  })
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

test('a leader in sight that answers may lead for ever', () => {
  vi.advanceTimersByTime(600 * SECOND_MS)
  expect(unfit).toBe(0)
})

test('a leader that does not answer is unfit after a few seconds, unless there is another sign of it', () => {
  answer = undefined
  vi.advanceTimersByTime(4 * SECOND_MS)
  watch.onSign()
  vi.advanceTimersByTime(4 * SECOND_MS)
  expect(unfit).toBe(0)
  vi.advanceTimersByTime(SECOND_MS)
  expect(unfit).toBe(1)
})

test('a leader that has been out of sight for a minute is unfit, however it answers', () => {
  answer = false
  vi.advanceTimersByTime(50 * SECOND_MS)
  answer = true
  vi.advanceTimersByTime(SECOND_MS)
  answer = false
  vi.advanceTimersByTime(60 * SECOND_MS)
  expect(unfit).toBe(0)
  vi.advanceTimersByTime(SECOND_MS)
  expect(unfit).toBe(1)
})

test('a tab that nobody sees needs no better leader', () => {
  isVisible = false
  answer = undefined
  vi.advanceTimersByTime(600 * SECOND_MS)
  expect(unfit).toBe(0)
})
