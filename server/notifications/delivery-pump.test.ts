import { expect, test } from 'vitest'
import type { UserId } from '../../shared/ids.ts'
import { ada, ben, cleo } from '../../shared/testing/updates.ts'
import { createDeliveryPump } from './delivery-pump.ts'

interface Job {
  userId: UserId
  name: string
}

function createJobs(jobs: Job[], maxAtOnce: number) {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const faults: unknown[] = []
  const pump = createDeliveryPump<Job>({
    maxAtOnce,
    next(busy) {
      const at = jobs.findIndex(({ userId }) => !busy.includes(userId))
      return at < 0 ? undefined : jobs.splice(at, 1)[0]
    },
    deliver({ name }) {
      begun.push(name)
      const end = Promise.withResolvers<void>()
      ends.set(name, end)
      return end.promise
    },
    nextDueAt: () => undefined,
    now: () => 0,
    onUnexpected: (error) => faults.push(error),
  })
  return { pump, begun, ends, faults }
}

test('deliveries run a bounded number at once, and one at a time for each person', async () => {
  const jobs = [ada, ada, ben, cleo].map((userId, index) => ({ userId, name: `${index}` }))
  const { pump, begun, ends } = createJobs(jobs, 2)
  pump.wake()
  expect(begun).toEqual(['0', '2'])
  ends.get('2')?.resolve()
  await expect.poll(() => begun).toEqual(['0', '2', '3'])
  ends.get('0')?.resolve()
  await expect.poll(() => begun).toEqual(['0', '2', '3', '1'])
  ends.get('3')?.resolve()
  ends.get('1')?.resolve()
  await pump.close()
})

test('a fault of one delivery is told and holds up nobody else', async () => {
  const jobs = [ada, ben].map((userId) => ({ userId, name: userId }))
  const { pump, begun, ends, faults } = createJobs(jobs, 2)
  pump.wake()
  ends.get(ada)?.reject(new Error('no disk'))
  await expect.poll(() => faults).toHaveLength(1)
  jobs.push({ userId: cleo, name: cleo })
  ends.get(ben)?.resolve()
  await expect.poll(() => begun).toContain(cleo)
  ends.get(cleo)?.resolve()
  await pump.close()
})

test('nothing begins after the end, which waits for what is under way', async () => {
  const jobs = [{ userId: ada, name: 'first' }]
  const { pump, begun, ends } = createJobs(jobs, 2)
  pump.wake()
  let isClosed = false
  const closed = pump.close().then(() => (isClosed = true))
  jobs.push({ userId: ben, name: 'second' })
  pump.wake()
  expect(isClosed).toBe(false)
  ends.get('first')?.resolve()
  await closed
  expect(begun).toEqual(['first'])
})
