import { expect, test } from 'vitest'
import { createMemoryRecord } from './memory-record.ts'

test('tells how much the process that lived longest grows in an hour, its start left out', () => {
  let atMs = 0
  const record = createMemoryRecord(
    () => atMs,
    (pid) => {
      if (pid === 3) throw new Error('gone')
      const nowBytes = atMs < 20_000 ? 1_000 * atMs : 20_000_000 + atMs / 36
      return { nowBytes, peakBytes: nowBytes + 5 }
    },
  )
  for (; atMs < 120_000; atMs += 1_000) record.sample(1)
  for (const pid of [2, 3]) record.sample(pid)
  const report = record.report()
  expect(report.startBytes).toBe(0)
  expect(report.endBytes).toBeCloseTo(20_000_000 + 120_000 / 36)
  expect(report.peakBytes).toBeCloseTo(report.endBytes + 5)
  expect(report.growthPerHourBytes).toBeCloseTo(100_000)
})

test('tells no growth of processes that did not live long', () => {
  const record = createMemoryRecord(Date.now, () => ({ nowBytes: 1, peakBytes: 1 }))
  record.sample(1)
  expect(record.report().growthPerHourBytes).toBeUndefined()
})
