import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChannelId, ConversationId } from '../../shared/ids.ts'
import { createIdSequence } from '../../shared/testing/updates.ts'
import { createRefreshReadings, type RefreshReadings } from './refresh-readings.ts'

const nextId = createIdSequence()
const [one, other] = [nextId<ChannelId>(), nextId<ChannelId>()]

let refreshed: string[]
let due: Set<ConversationId>
let isHidden: boolean
let readings: RefreshReadings

beforeEach(() => {
  vi.useFakeTimers()
  refreshed = []
  due = new Set()
  isHidden = false
  readings = createRefreshReadings({
    refresh: (id) => refreshed.push(id),
    refreshAll: () => refreshed.push('all'),
    isDue: (id) => due.has(id),
    isHidden: () => isHidden,
    random: () => 0.5,
  })
})
afterEach(() => vi.useRealTimers())

test('what arrives together is asked for once, some seconds later', () => {
  for (let count = 0; count < 20; count += 1) {
    readings.note(one)
    vi.advanceTimersByTime(100)
  }
  readings.note(other)
  expect(refreshed).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(refreshed).toEqual([one, other])
  vi.advanceTimersByTime(60_000)
  expect(refreshed).toHaveLength(2)
})

test('of many conversations the lists are read, and of those being read here nothing', () => {
  for (let count = 0; count < 5; count += 1) readings.note(nextId<ChannelId>())
  vi.advanceTimersByTime(3_000)
  expect(refreshed).toEqual(['all'])
  readings.note(one)
  readings.note(other)
  due.add(one)
  vi.advanceTimersByTime(3_000)
  expect(refreshed).toEqual(['all', other])
})

test('what is known meanwhile is not asked for, and a hidden page is in no hurry', () => {
  readings.note(one)
  readings.forget(one)
  vi.advanceTimersByTime(3_000)
  expect(refreshed).toEqual([])
  isHidden = true
  readings.note(one)
  vi.advanceTimersByTime(14_000)
  expect(refreshed).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(refreshed).toEqual([one])
  readings.note(one)
  readings.close()
  vi.advanceTimersByTime(60_000)
  expect(refreshed).toHaveLength(1)
})
