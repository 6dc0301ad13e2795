/** The same requests to a server and to its baseline, in turns, so that neither has the better moment. */
import { Agent } from 'node:http'
import { percentile } from '../percentile.ts'
import type { RunningProcess } from '../servers/start-process.ts'
import { sendRequests, type RequestLoad, type SentRequests } from './request-load.ts'

export interface RequestTimes {
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** Processor time for each request. */
  serverCpuMs: number
  clientCpuMs: number
  /** Of an answer's body. */
  meanBytes: number
}

interface Comparison {
  server: RunningProcess
  bare: RunningProcess
  people: RequestLoad['people']
  requestOf: RequestLoad['requestOf']
  /** Of each of them, to each server. */
  each: number
  warmUp: number
}

export async function measureBeside(
  comparison: Comparison,
): Promise<{ ours: RequestTimes; bare: RequestTimes }> {
  const { server, bare, each, ...load } = comparison
  const half = Math.ceil(each / 2)
  const before = await measureRuns({ ...load, server: bare, each: half, runs: 1 })
  const ours = await measureRuns({ ...load, server, each: half, runs: 2 })
  const after = await measureRuns({ ...load, server: bare, each: half, runs: 1 })
  return { ours: summarise(ours), bare: summarise([...before, ...after]) }
}

/**
 * Warms up over the connections that are measured: a busy server takes new ones up one by one, so
 * that fifty at once wait a second, which tells nothing of its answers.
 */
export async function measureRuns({
  warmUp,
  runs,
  each,
  ...load
}: Omit<RequestLoad, 'connections'> & { warmUp: number; runs: number }): Promise<SentRequests[]> {
  const connections = new Agent({ keepAlive: true, maxSockets: load.people.length })
  try {
    await sendRequests({ ...load, connections, each: warmUp })
    const sent: SentRequests[] = []
    while (sent.length < runs) sent.push(await sendRequests({ ...load, connections, each }))
    return sent
  } finally {
    connections.destroy()
  }
}

/** Several runs of the same, as if they were one. */
export function summarise(runs: readonly SentRequests[]): RequestTimes {
  const times = Float64Array.from(runs.flatMap((run) => run.timesMs)).sort()
  const sum = (of: (run: SentRequests) => number): number =>
    runs.reduce((total, run) => total + of(run), 0)
  return {
    perSecond: (times.length * 1_000) / sum((run) => run.tookMs),
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    serverCpuMs: sum((run) => run.serverCpuMs) / times.length,
    clientCpuMs: sum((run) => run.clientCpuMs) / times.length,
    meanBytes: sum((run) => run.bytes) / times.length,
  }
}
