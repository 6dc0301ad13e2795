/** Clients in processes of their own: their work must not be done where the server's is. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { percentile } from '../percentile.ts'
import { readCpuMs, readMemory, resetPeakMemory } from '../process-usage.ts'
import type { ServerUnderLoad } from '../servers/start-server-under-load.ts'
import {
  nowMs,
  type Load,
  type WorkerAnswer,
  type WorkerRequest,
  type WorkerResult,
} from './worker-messages.ts'

export interface LoadResult {
  messages: number
  /** Each message to each client but its sender. */
  deliveries: number
  duplicates: number
  /** Everything has arrived once, and is acknowledged. */
  isCorrect: boolean
  /** ms, in ascending order. */
  latencies: Float64Array
  /** From the first message that was due to the last that arrived. */
  durationMs: number
  p50Ms: number
  p99Ms: number
  serverCpuMs: number
  clientCpuMs: number
  serverPeakBytes: number
  clientPeakBytes: number
}

export interface RunningClients {
  run: (load: Load) => Promise<LoadResult>
  stop: () => Promise<void>
}

/** One alone would be busy all the time, and its wait would be taken for the server's. */
const PROCESSES = 2
/**
 * Each person's browser has a heap of its own. With many of them in one, objects would outlive the
 * young generation for no reason but their number.
 */
const NODE_ARGUMENTS = ['--max-semi-space-size=128']
/** Until all processes know that a run begins. */
const HEAD_START_MS = 200

/** Resolves when all clients are connected. */
export async function startClients(
  { kind, seats, pid }: Pick<ServerUnderLoad, 'kind' | 'seats' | 'pid'>,
  nodeArguments: readonly string[] = [],
): Promise<RunningClients> {
  const workers = Array.from({ length: PROCESSES }, () => startWorker(nodeArguments))
  const numbered = seats.map((seat, client) => ({ seat, client }))
  let runs = 0

  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
  try {
    await Promise.all(
      workers.map((worker, index) =>
        worker.ask({
          type: 'open',
          kind,
          seats: numbered.filter(({ client }) => client % PROCESSES === index),
        }),
      ),
    )
  } catch (error) {
    await stop()
    throw error
  }

  return {
    stop,
    async run(load) {
      runs += 1
      const startAt = nowMs() + HEAD_START_MS
      const run = { ...load, number: runs, clients: seats.length, startAt }
      resetPeakMemory(pid)
      const cpuBefore = readCpuMs(pid)
      const results = await Promise.all(
        workers.map(async (worker) => {
          const answer = await worker.ask({ type: 'run', run })
          if (answer.type !== 'ran') throw new Error(`Clients of ${kind} did not run`)
          return answer.result
        }),
      )
      return {
        ...joinResults(results),
        messages: Math.round(load.messagesPerSecond * load.seconds),
        durationMs: Math.max(...results.map(({ lastArrivalAt }) => lastArrivalAt)) - startAt,
        serverCpuMs: readCpuMs(pid) - cpuBefore,
        serverPeakBytes: readMemory(pid).peakBytes,
      }
    },
  }
}

function joinResults(results: readonly WorkerResult[]) {
  const sum = (valueOf: (result: WorkerResult) => number): number =>
    results.reduce((total, result) => total + valueOf(result), 0)
  const latencies = new Float64Array(sum(({ deliveries }) => deliveries))
  let end = 0
  for (const result of results) {
    latencies.set(result.latencies, end)
    end += result.latencies.length
  }
  latencies.sort()
  return {
    deliveries: sum(({ deliveries }) => deliveries),
    duplicates: sum(({ duplicates }) => duplicates),
    isCorrect: results.every(({ isCorrect }) => isCorrect),
    latencies,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    clientCpuMs: sum(({ cpuMs }) => cpuMs),
    clientPeakBytes: sum(({ peakBytes }) => peakBytes),
  }
}

function startWorker(nodeArguments: readonly string[]) {
  const child = fork(join(import.meta.dirname, 'client-worker.ts'), {
    execArgv: [...NODE_ARGUMENTS, ...nodeArguments],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  return {
    async ask(request: WorkerRequest): Promise<WorkerAnswer> {
      const answered = once(child, 'message')
      child.send(request)
      const [answer] = (await Promise.race([
        answered,
        exited.then(() => [{ type: 'failed', reason: 'a process of clients ended' }]),
      ])) as [WorkerAnswer] // what the worker sends, or the end above
      if (answer.type === 'failed') throw new Error(answer.reason)
      return answer
    },
    async stop(): Promise<void> {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
