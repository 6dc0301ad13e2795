/**
 * Makes the deliveries of one medium as they fall due: a bounded number at once, one at a time for
 * each person, so that nobody's slow mailbox or browser holds up the others. The outbox table is the
 * only memory; what a restart interrupts is found there.
 */
import type { UserId } from '../../shared/ids.ts'

export interface DeliveryPumpDeps<Job extends { userId: UserId }> {
  maxAtOnce: number
  /** The next delivery that is due, of nobody among `busy`. */
  next: (busy: readonly UserId[]) => Job | undefined
  /** Makes it, and notes in the outbox how it went. */
  deliver: (job: Job) => Promise<void>
  /** When the earliest of what waits is due, ms UTC. */
  nextDueAt: () => number | undefined
  now: () => number
  /** A fault of this program or its disk: the pump rests and goes on. */
  onUnexpected: (error: unknown) => void
}

export interface DeliveryPump {
  /** There may be something due; does nothing after `close`. */
  wake: () => void
  /** Begins no more deliveries; resolves when none is under way, or when that takes too long. */
  close: () => Promise<void>
}

const REST_MS = 5_000
/** Timers count 31 bits; and what was postponed may be wanted earlier by then. */
const MAX_SLEEP_MS = 60 * 60_000
const CLOSE_LIMIT_MS = 2_000

export function createDeliveryPump<Job extends { userId: UserId }>(
  deps: DeliveryPumpDeps<Job>,
): DeliveryPump {
  const underWay = new Map<UserId, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function wake(): void {
    if (isClosed) return
    clearTimeout(timer)
    try {
      while (underWay.size < deps.maxAtOnce) {
        const job = deps.next([...underWay.keys()])
        if (job === undefined) break
        underWay.set(job.userId, run(job))
      }
      const dueAt = deps.nextDueAt()
      // What is due by now belongs to somebody who is busy: their delivery wakes the pump.
      if (dueAt !== undefined && dueAt > deps.now()) sleep(dueAt - deps.now())
    } catch (error) {
      deps.onUnexpected(error)
      sleep(REST_MS)
    }
  }

  async function run(job: Job): Promise<void> {
    let isFailed = false
    try {
      await deps.deliver(job)
    } catch (error) {
      isFailed = true
      deps.onUnexpected(error)
    }
    underWay.delete(job.userId)
    if (isFailed) sleep(REST_MS)
    else wake()
  }

  function sleep(ms: number): void {
    if (isClosed) return
    clearTimeout(timer)
    timer = setTimeout(wake, Math.min(ms, MAX_SLEEP_MS))
    timer.unref()
  }

  return {
    wake,
    async close() {
      isClosed = true
      clearTimeout(timer)
      const limit = Promise.withResolvers<void>()
      const limitTimer = setTimeout(limit.resolve, CLOSE_LIMIT_MS)
      await Promise.race([Promise.all(underWay.values()), limit.promise])
      clearTimeout(limitTimer)
    },
  }
}
