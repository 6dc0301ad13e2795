/** `fanout`: 10, 50 and 200 clients in one channel, each writing one message a second. */
import { judgeAim, type Verdict } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { serverKinds, type ServerKind } from './clients/load-client.ts'
import { startClients, type LoadResult } from './clients/start-clients.ts'
import { startServerUnderLoad } from './servers/start-server-under-load.ts'

const CLIENTS = [10, 50, 200]
const SECONDS = 8
/** Faster than what is measured: few clients would otherwise not warm anything up. */
const WARM_UP = { messagesPerSecond: 200, seconds: 2 }

export async function runFanout(
  { seconds = SECONDS, clients = CLIENTS }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const rows: BenchRow[] = []
  const verdicts: Verdict[] = []
  for (const count of clients) {
    const results = new Map<ServerKind, LoadResult>()
    for (const kind of serverKinds) {
      report(`${kind}, ${count} clients`)
      const result = await measure(kind, count, seconds)
      if (!result.isCorrect) throw new Error(`${kind}: ${describeLoss(result, count)}`)
      results.set(kind, result)
      rows.push({ server: kind, clients: count, ...describeLoad(result) })
    }
    verdicts.push(...judge(count, results))
  }
  const notes = [
    'ConnectNow is measured with the engine of its client, up to the list that a screen draws, and without IndexedDB.',
    'CPU is that of the server, and of all clients, divided by the deliveries.',
  ]
  return { rows, verdicts, notes }
}

async function measure(kind: ServerKind, count: number, seconds: number): Promise<LoadResult> {
  const server = await startServerUnderLoad(kind, { clients: count })
  try {
    const clients = await startClients(server)
    try {
      await clients.run(WARM_UP)
      return await clients.run({ messagesPerSecond: count, seconds })
    } finally {
      await clients.stop()
    }
  } finally {
    await server.stop()
  }
}

export function describeLoss(result: LoadResult, clients: number): string {
  const { deliveries, duplicates, messages } = result
  const expected = messages * (clients - 1)
  return `${deliveries} of ${expected} deliveries, ${duplicates} of them twice`
}

const MEGABYTE = 1_000_000

export function describeLoad(result: LoadResult): BenchRow {
  return {
    deliveries: result.deliveries,
    'p50 ms': result.p50Ms,
    'p99 ms': result.p99Ms,
    'server µs/delivery': cpuPerDelivery(result, 'server'),
    'client µs/delivery': cpuPerDelivery(result, 'client'),
    'both µs/delivery': cpuPerDelivery(result, 'both'),
    'server peak MB': Math.round(result.serverPeakBytes / MEGABYTE),
    'clients peak MB': Math.round(result.clientPeakBytes / MEGABYTE),
  }
}

function cpuPerDelivery(result: LoadResult, side: 'server' | 'client' | 'both'): number {
  const { serverCpuMs, clientCpuMs, deliveries } = result
  const cpuMs = { server: serverCpuMs, client: clientCpuMs, both: serverCpuMs + clientCpuMs }[side]
  return (cpuMs * 1_000) / deliveries
}

const SIDES = ['server', 'client', 'both'] as const
/** At this many clients, and above, the bare relay is a baseline too. */
const RELAY_FROM = 200

function judge(count: number, results: ReadonlyMap<ServerKind, LoadResult>): Verdict[] {
  const ours = results.get('connectnow')
  const socketIo = results.get('socketio-sqlite')
  const relay = results.get('ws-relay')
  if (ours === undefined || socketIo === undefined || relay === undefined) return []
  const compareCpu = (baseline: ServerKind, other: LoadResult, times: number): Verdict[] =>
    SIDES.map((side) =>
      judgeAim({
        what: `${count} clients, CPU per delivery (${side})`,
        value: cpuPerDelivery(ours, side),
        baseline,
        baselineValue: cpuPerDelivery(other, side),
        bound: 'at most',
        times,
      }),
    )
  const compareP99 = (baseline: ServerKind, other: LoadResult, times: number): Verdict =>
    judgeAim({
      what: `${count} clients, p99`,
      value: ours.p99Ms,
      baseline,
      baselineValue: other.p99Ms,
      bound: 'at most',
      times,
    })
  const verdicts = [
    ...compareCpu('socketio-sqlite', socketIo, 1),
    compareP99('socketio-sqlite', socketIo, 1.5),
  ]
  if (count < RELAY_FROM) return verdicts
  return [...verdicts, ...compareCpu('ws-relay', relay, 2), compareP99('ws-relay', relay, 2)]
}
