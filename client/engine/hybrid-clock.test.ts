import { expect, test } from 'vitest'
import { createHybridClock } from './hybrid-clock.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const YEAR_MS = 365 * DAY_MS
const TRUE_TIME = Date.UTC(2026, 5, 1)

/** A device in a world whose time is known; what it keeps outlives `start`. */
function createDevice(skewMs: number) {
  const facts = new Map<string, number>()
  const device = { skewMs, time: TRUE_TIME }
  const start = () =>
    createHybridClock({
      deviceNow: () => device.time + device.skewMs,
      facts: { get: (name) => facts.get(name), set: (name, value) => void facts.set(name, value) },
    })
  return { device, start }
}

const skews = [0, 6 * MINUTE_MS, -6 * MINUTE_MS, DAY_MS, -3 * YEAR_MS]

test.for(skews)('a device that is off by %d ms is right once it heard the server', (skewMs) => {
  const { device, start } = createDevice(skewMs)
  const clock = start()
  expect(clock.now() - TRUE_TIME).toBe(skewMs)
  clock.correct(TRUE_TIME)
  device.time += DAY_MS
  expect(clock.now()).toBe(TRUE_TIME + DAY_MS)
})

test.for(skews)('a device that is off by %d ms is still right after a start offline', (skewMs) => {
  const { device, start } = createDevice(skewMs)
  start().correct(TRUE_TIME)
  device.time += MINUTE_MS
  expect(start().now()).toBe(TRUE_TIME + MINUTE_MS)
})

const noticed = [0, 6 * MINUTE_MS, DAY_MS, -3 * YEAR_MS]
test.for(noticed)('a clock that was off by %d ms may be set right meanwhile', (skewMs) => {
  const { device, start } = createDevice(skewMs)
  start().correct(TRUE_TIME)
  device.skewMs = 0
  device.time += MINUTE_MS
  expect(start().now()).toBe(TRUE_TIME + MINUTE_MS)
})

test('a clock that was a little behind and was set right is ahead until the server is heard', () => {
  const { device, start } = createDevice(-6 * MINUTE_MS)
  start().correct(TRUE_TIME)
  device.skewMs = 0
  const clock = start()
  expect(clock.now()).toBe(TRUE_TIME + 6 * MINUTE_MS)
  clock.correct(TRUE_TIME)
  expect(clock.now()).toBe(TRUE_TIME)
})

test('a clock that is set back while the app runs does not take time back', () => {
  const { device, start } = createDevice(0)
  const clock = start()
  clock.correct(TRUE_TIME)
  device.skewMs = -3 * YEAR_MS
  device.time += MINUTE_MS
  expect(clock.now()).toBe(TRUE_TIME)
  clock.correct(device.time)
  expect(clock.now()).toBe(device.time)
})

test('an answer never has a time before its question’s', () => {
  const { start } = createDevice(-3 * YEAR_MS)
  expect(start().next(TRUE_TIME + 4 * MINUTE_MS)).toBe(TRUE_TIME + 4 * MINUTE_MS + 1)
  expect(start().next(0)).toBe(TRUE_TIME - 3 * YEAR_MS)
})

test('a difference that the network may make is left to the device', () => {
  const { start } = createDevice(1_500)
  const clock = start()
  clock.correct(TRUE_TIME)
  expect(clock.now()).toBe(TRUE_TIME + 1_500)
})
