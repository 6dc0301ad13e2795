/** A channel in which people chat as usual, beside something else that the server does. */
import type { BenchRow } from '../bench-result.ts'
import { describeLoss } from '../fanout.ts'
import { percentile } from '../percentile.ts'
import type { RunningClients } from './start-clients.ts'

const LOAD = { messagesPerSecond: 20, seconds: 4 }
const WARM_UP = { messagesPerSecond: 200, seconds: 2 }

/** Stated with the figures. */
export const CHAT_NOTE = `${LOAD.messagesPerSecond} messages a second are chatted in another channel.`

export async function warmUp(clients: RunningClients, seconds: number): Promise<void> {
  await clients.run({ ...WARM_UP, seconds: Math.min(WARM_UP.seconds, seconds) })
}

/** How long messages took, ms, in ascending order, in about so many seconds. */
export function chatFor(
  clients: RunningClients,
  chatters: number,
  seconds: number,
): Promise<Float64Array> {
  let runsLeft = Math.ceil(seconds / LOAD.seconds)
  return chat(clients, chatters, () => (runsLeft -= 1) > 0)
}

/** The same for as long as something else takes; whole runs, one at least. */
export function chatUntil(
  clients: RunningClients,
  chatters: number,
  work: Promise<unknown>,
): Promise<Float64Array> {
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  work.then(end, end)
  return chat(clients, chatters, () => !isOver)
}

async function chat(
  clients: RunningClients,
  chatters: number,
  goesOn: () => boolean,
): Promise<Float64Array> {
  const latencies: number[] = []
  do {
    const result = await clients.run(LOAD)
    if (!result.isCorrect) throw new Error(`connectnow: ${describeLoss(result, chatters)}`)
    latencies.push(...result.latencies)
  } while (goesOn())
  return Float64Array.from(latencies).sort()
}

export function chatRow(what: string, latencies: Float64Array): BenchRow {
  return {
    what,
    deliveries: latencies.length,
    'p50 ms': percentile(latencies, 0.5),
    'p99 ms': percentile(latencies, 0.99),
  }
}
