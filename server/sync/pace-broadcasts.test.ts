import { expect, test } from 'vitest'
import { createBroadcastPace } from './pace-broadcasts.ts'

function createPace() {
  let time = 1_000
  const pace = createBroadcastPace(() => time)
  const pass = (ms: number): void => {
    time += ms
  }
  /** Sends as often as the pace allows, for a second; answers how many broadcasts that were. */
  const sendForASecond = (connections: number): number => {
    const end = time + 1_000
    let broadcasts = 0
    while (time < end) {
      time += Math.max(1, pace.delayMs(connections))
      pace.spend(connections)
      broadcasts += 1
    }
    return broadcasts
  }
  return { pace, pass, sendForASecond }
}

test('a change waits for nothing where few read, or little is written', () => {
  const { pace, pass } = createPace()
  for (let index = 0; index < 100; index += 1) {
    expect(pace.delayMs(50)).toBe(0)
    pace.spend(50)
    pass(20)
  }
})

test('a crowd that keeps writing gets at most 5,000 frames a second', () => {
  const { sendForASecond } = createPace()
  sendForASecond(200)
  expect(sendForASecond(200)).toBeLessThanOrEqual(26)
  expect(sendForASecond(200)).toBeGreaterThanOrEqual(24)
})

test('a pause is a reason not to wait', () => {
  const { pace, pass, sendForASecond } = createPace()
  sendForASecond(200)
  expect(pace.delayMs(200)).toBeGreaterThan(0)
  pass(200)
  expect(pace.delayMs(200)).toBe(0)
})

test('nobody waits longer than 100 ms, however many there are', () => {
  const { pace, pass } = createPace()
  for (let index = 0; index < 10; index += 1) {
    expect(pace.delayMs(5_000)).toBeLessThanOrEqual(100)
    pace.spend(5_000)
    pass(1)
  }
})
