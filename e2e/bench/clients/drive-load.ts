/**
 * Sends at a given rate, whether or not the server keeps up, and waits until everything has
 * arrived. Measures processor time and memory of both sides meanwhile.
 */
import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises'
import { createSeededRandom } from '../../testing/seeded-random.ts'
import { createDeliveryTally } from '../delivery-tally.ts'
import { readLoadTexts } from '../load-texts.ts'
import { percentile } from '../percentile.ts'
import { readCpuMs, readMemory, resetPeakMemory } from '../process-usage.ts'
import type { LoadClient } from './load-client.ts'
import type { Load, LoadResult } from './worker-messages.ts'

/** Where the clients tell of what has come onto their screens. */
export interface Screens {
  onMessage: (client: number, text: string) => void
}

export interface DriveDeps {
  clients: readonly LoadClient[]
  screens: Screens
  serverPid: number
  run: number
}

/** What has not arrived this long after the last arrival is lost. */
const PATIENCE_MS = 10_000
const POLL_MS = 5
/** Timers are not exact: less than this is not waited for. */
const MIN_WAIT_MS = 0.5

const { texts } = readLoadTexts()

export async function driveLoad(deps: DriveDeps, load: Load): Promise<LoadResult> {
  const { clients, screens, serverPid, run } = deps
  const messages = Math.round(load.messagesPerSecond * load.seconds)
  const tally = createDeliveryTally({ run, clients: clients.length, messages })
  let lastArrival = performance.now()
  screens.onMessage = (client, text) => {
    lastArrival = performance.now()
    tally.note(client, text, lastArrival)
  }
  const schedule = createSchedule({ messages, seconds: load.seconds, clients: clients.length, run })
  resetPeakMemory(serverPid)
  resetPeakMemory(process.pid)
  const cpu = { server: readCpuMs(serverPid), client: ownCpuMs() }
  const start = performance.now()
  for (const [number, { sender, atMs }] of schedule.entries()) {
    const dueAt = start + atMs
    const waitMs = dueAt - performance.now()
    if (waitMs > MIN_WAIT_MS) await after(waitMs)
    // A sender who has fallen behind still lets arrivals in between.
    else if (number % clients.length === 0) await nextTurn()
    const text = texts[(run * messages + number) % texts.length] ?? ''
    clients[sender]?.send(tally.label({ number, sender, dueAt, text }))
  }
  const isDone = (): boolean => tally.isComplete() && clients.every((client) => client.isSettled())
  const sentAt = performance.now()
  while (!isDone() && performance.now() < Math.max(lastArrival, sentAt) + PATIENCE_MS) {
    await after(POLL_MS)
  }
  const latencies = tally.latencies()
  return {
    messages,
    deliveries: tally.deliveries(),
    duplicates: tally.duplicates(),
    isCorrect: isDone() && tally.duplicates() === 0,
    durationMs: lastArrival - start,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
    serverCpuMs: readCpuMs(serverPid) - cpu.server,
    clientCpuMs: ownCpuMs() - cpu.client,
    serverPeakBytes: readMemory(serverPid).peakBytes,
    clientPeakBytes: readMemory(process.pid).peakBytes,
  }
}

interface ScheduleInput {
  messages: number
  seconds: number
  clients: number
  run: number
}

/** Who writes when: everybody as often, at moments of their own. */
function createSchedule({ messages, seconds, clients, run }: ScheduleInput) {
  const random = createSeededRandom(run)
  const endMs = seconds * 1_000
  return Array.from({ length: messages }, (_, index) => ({
    sender: index % clients,
    atMs: random.below(endMs),
  })).toSorted((one, other) => one.atMs - other.atMs)
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
