/** Clients that each send their next request as soon as the last one is answered. */
import { request as send, type Agent } from 'node:http'
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
  /** Keeps a connection open for each of the people. */
  connections: Agent
  people: readonly BenchPerson[]
  /** How many each of them sends. */
  each: number
  /** The request of this number, over all people. */
  requestOf: (number: number) => LoadRequest
}

export interface SentRequests {
  timesMs: readonly number[]
  tookMs: number
  /** Processor time of all of them. */
  serverCpuMs: number
  clientCpuMs: number
  /** Of all bodies that were answered. */
  bytes: number
}

/** Throws when an answer is not a good one. */
export async function sendRequests(load: RequestLoad): Promise<SentRequests> {
  const { server, connections, people, each, requestOf } = load
  const timesMs: number[] = []
  let bytes = 0
  const cpuBefore = { server: readCpuMs(server.pid), client: readCpuMs(process.pid) }
  const startedAt = performance.now()
  await Promise.all(
    people.map(async (person, index) => {
      for (let turn = 0; turn < each; turn += 1) {
        const start = performance.now()
        const request = requestOf(turn * people.length + index)
        const answered = await ask(connections, server.url, person, request)
        bytes += answered
        timesMs.push(performance.now() - start)
      }
    }),
  )
  const tookMs = performance.now() - startedAt
  return {
    timesMs,
    tookMs,
    serverCpuMs: readCpuMs(server.pid) - cpuBefore.server,
    clientCpuMs: readCpuMs(process.pid) - cpuBefore.client,
    bytes,
  }
}

/** Resolves with the bytes of the answer's body. */
function ask(agent: Agent, url: string, person: BenchPerson, asked: LoadRequest): Promise<number> {
  const { userId, cookie, address } = person
  const { method, path, body } = asked
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const headers = {
    ...{ cookie, origin: url, 'x-forwarded-for': address, 'x-person': userId },
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const request = send(`${url}/api${path}`, { method, agent, headers }, (response) => {
    const { statusCode = 0 } = response
    const isGood = statusCode >= 200 && statusCode < 300
    let bytes = 0
    let complaint = ''
    response.on('data', (part: Buffer) => {
      bytes += part.byteLength
      if (!isGood) complaint += part.toString()
    })
    response.once('error', reject)
    response.once('end', () => {
      if (isGood) resolve(bytes)
      else reject(new Error(`${method} ${path} answered ${statusCode}: ${complaint}`))
    })
  })
  request.once('error', (error: NodeJS.ErrnoException) => {
    // The server has just closed a connection that was idle: it has not seen the request.
    const isStale = request.reusedSocket && error.code === 'ECONNRESET'
    if (isStale) ask(agent, url, person, asked).then(resolve, reject)
    else reject(error)
  })
  request.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}
