/**
 * The real server as a simulated process: reached by a network in memory, ended in order or by a
 * crash. Its data directory is a copy of one in which everybody has signed up already.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as requestHttp, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { loadConfig, type Limits } from '../../../server/config/config.ts'
import { openDatabase, type Database } from '../../../server/database/open-database.ts'
import { createLogger } from '../../../server/observability/logger.ts'
import { startServer, type RunningServer } from '../../../server/start-server.ts'
import type { Caller, MemoryNetwork } from './memory-network.ts'
import { createProcess, virtualTime, type SimulatedProcess } from './virtual-time.ts'

export interface SimulatedServer {
  database: () => Database
  /** Ends it in order, and starts it over the same data `awayMs` later. */
  restart: (awayMs: number) => Promise<void>
  /** Ends it at once, and starts it over what was on disk; `isSilent` when nobody is told. */
  crash: (awayMs: number, isSilent: boolean) => Promise<void>
  close: () => Promise<void>
}

export interface Answer {
  status: number
  body: string
  cookies: string[]
}

export interface HttpRequest {
  method: string
  path: string
  cookie?: string
  body?: unknown
}

export const ORIGIN = 'http://chat.test'

/** Small, so that every history rolls several times; and no limits for people who never pause. */
const limits: Partial<Limits> = {
  updates: { capacity: 1_000_000, perSecond: 1_000 },
  segments: { maxMessages: 5, maxClients: 40 },
  signIns: { capacity: 1_000_000, perSecond: 1_000 },
}

export async function startSimulatedServer(
  network: MemoryNetwork,
  template?: string,
): Promise<SimulatedServer & { folder: string }> {
  const parent = mkdtempSync(join(tmpdir(), 'connectnow-simulation-'))
  let generation = 0
  let folder = join(parent, '0')
  let process: SimulatedProcess
  let database: Database
  let http: Server | undefined
  let running: RunningServer
  if (template !== undefined) cpSync(template, folder, { recursive: true })

  async function start(): Promise<void> {
    process = createProcess()
    const defaults = loadConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: ORIGIN,
      DATA_DIR: folder,
      LOG_LEVEL: 'fatal',
    })
    const config = { ...defaults, limits: { ...defaults.limits, ...limits } }
    running = await virtualTime.finish(
      process.run(() =>
        startServer(config, createLogger(config.log), {
          openDatabase: (path) => (database = openFast(path)),
          createServer: (listener) => (http = createDeafServer(listener)),
          takesImports: false,
        }),
      ),
    )
    network.listen({ process, accept: (socket: Duplex) => void http?.emit('connection', socket) })
  }

  await start()
  return {
    folder,
    database: () => database,
    async restart(awayMs) {
      network.listen(undefined)
      await virtualTime.finish(process.run(() => running.close()))
      process.kill()
      await virtualTime.pass(awayMs)
      await start()
    },
    async crash(awayMs, isSilent) {
      network.listen(undefined)
      process.kill()
      // The files as they are now are what a crash leaves.
      generation += 1
      const next = join(parent, String(generation))
      cpSync(folder, next, { recursive: true, filter: (path) => !path.endsWith('.lock') })
      folder = next
      database.sqlite.close()
      http?.close()
      if (!isSilent) network.cutAll()
      await virtualTime.pass(awayMs)
      await start()
    },
    async close() {
      network.listen(undefined)
      await virtualTime.finish(process.run(() => running.close()))
      process.kill()
      if (template !== undefined) rmSync(parent, { recursive: true })
    },
  }
}

/** A crash here leaves the files as they are: nothing depends on when they reach the disk. */
function openFast(path: string): Database {
  const database = openDatabase(path)
  database.sqlite.pragma('synchronous = OFF')
  return database
}

/** Listens to nobody: connections are given to it. */
function createDeafServer(listener: RequestListener): Server {
  const server = createServer(listener)
  return Object.assign(server, {
    listen(_port: number, _host: string, onListening: () => void) {
      server.emit('listening')
      onListening()
      return server
    },
    address: () => ({ port: 80 }),
  })
}

/** One request over the network in memory. */
export async function sendRequest(
  network: MemoryNetwork,
  { method, path, cookie, body }: HttpRequest,
): Promise<Answer> {
  const process = createProcess()
  const caller: Caller = { process, isOnline: () => true, connections: new Set() }
  const answer = process.run(
    () =>
      new Promise<Answer>((resolve, reject) => {
        const sent = requestHttp(`${ORIGIN}${path}`, {
          method,
          createConnection: () => network.connect(caller),
          headers: {
            origin: ORIGIN,
            connection: 'close',
            ...(cookie === undefined ? {} : { cookie }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
        })
        sent.on('error', reject)
        sent.on('response', (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString(),
              cookies: (response.headers['set-cookie'] ?? []).map(
                (each) => each.split(';')[0] ?? '',
              ),
            }),
          )
        })
        sent.end(body === undefined ? undefined : JSON.stringify(body))
      }),
  )
  return virtualTime.finish(answer)
}
