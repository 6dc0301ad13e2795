/** Clients that each send their next request as soon as the last one is answered. */
import { Agent, request as send } from 'node:http'
import { percentile } from '../percentile.ts'
import { readCpuMs } from '../process-usage.ts'
import type { BenchPerson } from '../servers/people.ts'
import type { RunningProcess } from '../servers/start-process.ts'

export interface LoadRequest {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
}

export interface RequestLoad {
  server: Pick<RunningProcess, 'url' | 'pid'>
  people: readonly BenchPerson[]
  /** How many each of them sends. */
  each: number
  /** The request of this number, over all people. */
  requestOf: (number: number) => LoadRequest
}

export interface RequestTimes {
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** Processor time of the server for each request. */
  cpuMs: number
}

/** Throws when an answer is not a good one. */
export async function sendRequests(load: RequestLoad): Promise<RequestTimes> {
  const { server, people, each, requestOf } = load
  const agent = new Agent({ keepAlive: true, maxSockets: people.length })
  const times: number[] = []
  const cpuBefore = readCpuMs(server.pid)
  const startedAt = performance.now()
  await Promise.all(
    people.map(async (person, index) => {
      for (let turn = 0; turn < each; turn += 1) {
        const start = performance.now()
        await ask(agent, server.url, person, requestOf(turn * people.length + index))
        times.push(performance.now() - start)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuMs = (readCpuMs(server.pid) - cpuBefore) / times.length
  agent.destroy()
  return { perSecond: times.length / seconds, cpuMs, ...percentilesOf(times) }
}

export function percentilesOf(times: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = Float64Array.from(times).sort()
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) }
}

function ask(
  agent: Agent,
  url: string,
  { userId, cookie, address }: BenchPerson,
  { method, path, body }: LoadRequest,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const headers = {
    ...{ cookie, origin: url, 'x-forwarded-for': address, 'x-person': userId },
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const request = send(`${url}/api${path}`, { method, agent, headers }, (response) => {
    const { statusCode = 0 } = response
    const isGood = statusCode >= 200 && statusCode < 300
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (part: string) => {
      if (!isGood) text += part
    })
    response.once('error', reject)
    response.once('end', () => {
      if (isGood) resolve()
      else reject(new Error(`${method} ${path} answered ${statusCode}: ${text}`))
    })
  })
  request.once('error', reject)
  request.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}
