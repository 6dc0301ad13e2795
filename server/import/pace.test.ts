import { expect, test } from 'vitest'
import { createCourteousPace } from './pace.ts'

/** A machine on which a message costs so much, and others keep the server busy for a while. */
function createMachine({ messageMs = 0.1, busyRests = 0, arePeopleWriting = false } = {}) {
  let time = 0
  let used = 0
  let busy = 0
  const rests: number[] = []
  const pace = createCourteousPace({
    now: () => time,
    usedMs: () => used,
    rest(ms) {
      rests.push(ms)
      time += ms
      busy = rests.length <= busyRests ? 1 : 0
      return Promise.resolve()
    },
    busyShare: () => busy,
    arePeopleWriting: () => arePeopleWriting,
  })
  return {
    ...{ pace, rests },
    async runPart(diskMs = 4): Promise<number> {
      const size = pace.partSize()
      await pace.run(() => {
        used += size * messageMs
        time += size * messageMs + diskMs
        return Promise.resolve()
      }, size)
      return size
    },
  }
}

test('parts grow or shrink until each takes about 6 ms of work, however slow the disk is', async () => {
  for (const [messageMs, size] of [
    [0.1, 60],
    [1, 6],
    [100, 5],
    [0.001, 400],
  ] as const) {
    const { pace, runPart } = createMachine({ messageMs })
    for (let part = 0; part < 40; part += 1) await runPart(50)
    // Rounding may stop one short.
    expect(Math.abs(pace.partSize() - size)).toBeLessThanOrEqual(1)
  }
})

test('after each part there is a rest as long as the part took', async () => {
  const { rests, runPart } = createMachine()
  const size = await runPart(4)
  expect(rests).toEqual([size * 0.1 + 4])
})

test('while people write, the rest is three times as long as the part took', async () => {
  const { rests, runPart } = createMachine({ arePeopleWriting: true })
  const size = await runPart(4)
  expect(rests).toEqual([3 * (size * 0.1 + 4)])
})

test('the rest goes on while the server has other work, but not for ever', async () => {
  const some = createMachine({ busyRests: 2 })
  await some.runPart()
  expect(some.rests).toHaveLength(3)
  const always = createMachine({ busyRests: Infinity })
  await always.runPart()
  expect(always.rests).toHaveLength(4)
})

test('a part that fails says so, and the next one runs', async () => {
  const { pace, runPart } = createMachine()
  await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await runPart()).toBeGreaterThan(0)
})
