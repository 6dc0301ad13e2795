/** ConnectNow's real server and its baselines, each started the same way. */
import type { Seat, ServerKind } from '../clients/load-client.ts'
import { createSharedChannel, signUpPeople } from './people.ts'
import { startProcess, type RunningProcess } from './start-process.ts'

export interface ServerUnderLoad extends RunningProcess {
  kind: ServerKind
  seats: readonly Seat[]
}

export interface ServerOptions {
  clients: number
  /** More settings of ConnectNow's server, and arguments of its Node. */
  settings?: Readonly<Record<string, string>>
  nodeArguments?: readonly string[]
  /** What ConnectNow's server has already; goes with it. */
  dataDir?: string
}

const baselineScripts = {
  'ws-relay': 'e2e/bench/baselines/ws-relay.ts',
  'socketio-sqlite': 'e2e/bench/baselines/socketio-sqlite.ts',
  'stock-hocuspocus': 'e2e/bench/baselines/stock-hocuspocus.ts',
} as const

/** With seats for this many clients, all in one channel. */
export async function startServerUnderLoad(
  kind: ServerKind,
  options: ServerOptions,
): Promise<ServerUnderLoad> {
  if (kind === 'connectnow') return startConnectNow(options)
  const running = await startProcess({ script: baselineScripts[kind], readyText: 'listening' })
  const seat: Seat = { url: running.url, person: undefined }
  return { ...running, kind, seats: Array.from({ length: options.clients }, () => seat) }
}

async function startConnectNow(options: ServerOptions): Promise<ServerUnderLoad> {
  const running = await startConnectNowProcess(options)
  try {
    const people = await signUpPeople(running.url, options.clients)
    const channelId = await createSharedChannel(running.url, people, 'bench')
    const seats = people.map((person) => ({ url: running.url, person: { ...person, channelId } }))
    return { ...running, kind: 'connectnow', seats }
  } catch (error) {
    await running.stop()
    throw error
  }
}

/** The real server, without anybody. */
export function startConnectNowProcess({
  settings,
  nodeArguments = [],
  dataDir,
}: Omit<ServerOptions, 'clients'>): Promise<RunningProcess> {
  return startProcess({
    script: 'server/main.ts',
    readyText: 'ConnectNow is running',
    nodeArguments,
    ...(dataDir === undefined ? {} : { dataDir }),
    // Behind a proxy, so that not all people come from one address.
    settings: { HOST: '127.0.0.1', LOG_LEVEL: 'error', TRUST_PROXY: 'true', ...settings },
  })
}
