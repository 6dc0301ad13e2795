/**
 * Sends at a given rate, whether or not the server keeps up, and waits until everything has
 * arrived. Every process makes the same schedule and sends what its own clients write.
 */
import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises'
import { createSeededRandom } from '../../testing/seeded-random.ts'
import { createDeliveryTally, type DeliveryTally } from '../delivery-tally.ts'
import { readLoadTexts } from '../load-texts.ts'
import { readMemory, resetPeakMemory } from '../process-usage.ts'
import type { LoadClient } from './load-client.ts'
import { nowMs, type LoadRun, type WorkerResult } from './worker-messages.ts'

export interface LoadDriver {
  add: (client: number, opened: LoadClient) => void
  /** A text stands on the screen of this client. */
  note: (client: number, text: string) => void
  drive: (run: LoadRun) => Promise<WorkerResult>
}

/** What has not arrived this long after the last arrival is lost. */
const PATIENCE_MS = 10_000
const POLL_MS = 5
/** Timers are not exact: less than this is not waited for. */
const MIN_WAIT_MS = 0.5
/** Whoever has fallen behind still looks at arrivals this often. */
const SENDS_PER_TURN = 25

export function createLoadDriver(): LoadDriver {
  const { texts } = readLoadTexts()
  const clients = new Map<number, LoadClient>()
  let tally: DeliveryTally | undefined
  let lastArrivalAt = 0

  async function send(run: LoadRun, label: DeliveryTally['label']): Promise<void> {
    for (const [number, { sender, atMs }] of createSchedule(run).entries()) {
      const client = clients.get(sender)
      if (client === undefined) continue
      const dueAt = run.startAt + atMs
      const waitMs = dueAt - nowMs()
      if (waitMs > MIN_WAIT_MS) await after(waitMs)
      else if (number % SENDS_PER_TURN === 0) await nextTurn()
      const text = texts[(run.number * 1_000 + number) % texts.length] ?? ''
      client.send(label({ number, sender, dueAt, text }))
    }
  }

  return {
    add: (client, opened) => void clients.set(client, opened),
    note(client, text) {
      lastArrivalAt = nowMs()
      tally?.note(client, text, lastArrivalAt)
    },
    async drive(run) {
      const receivers = [...clients.keys()]
      const current = createDeliveryTally({
        run: run.number,
        receivers,
        senders: createSchedule(run).map(({ sender }) => sender),
      })
      tally = current
      resetPeakMemory(process.pid)
      const cpuBefore = ownCpuMs()
      await send(run, current.label)
      const isDone = (): boolean =>
        current.isComplete() && [...clients.values()].every((client) => client.isSettled())
      const sentAt = nowMs()
      while (!isDone() && nowMs() < Math.max(lastArrivalAt, sentAt) + PATIENCE_MS) {
        await after(POLL_MS)
      }
      return {
        deliveries: current.deliveries(),
        duplicates: current.duplicates(),
        isCorrect: isDone() && current.duplicates() === 0,
        lastArrivalAt,
        latencies: current.latencies(),
        cpuMs: ownCpuMs() - cpuBefore,
        peakBytes: readMemory(process.pid).peakBytes,
      }
    },
  }
}

/** Who writes when: everybody as often, at moments of their own. */
function createSchedule({ messagesPerSecond, seconds, clients, number }: LoadRun) {
  const random = createSeededRandom(number)
  const endMs = seconds * 1_000
  return Array.from({ length: Math.round(messagesPerSecond * seconds) }, (_, index) => ({
    sender: index % clients,
    atMs: random.below(endMs),
  })).toSorted((one, other) => one.atMs - other.atMs)
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
