/**
 * `idle`: what a server needs for those who are connected and say nothing, for each document that
 * they have open, and for each segment in its memory.
 */
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { WebSocket } from 'ws'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import type { ChannelId } from '../../shared/ids.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { openIdleConnection, type IdleConnection } from './clients/open-idle-connection.ts'
import { fillDataDirectory } from './history/fill-data-directory.ts'
import { readChannels, signUpPeople, type BenchPerson } from './servers/people.ts'
import {
  memoryArguments,
  readSettledMemory,
  type SettledMemory,
} from './servers/read-settled-memory.ts'
import { startProcess, type RunningProcess } from './servers/start-process.ts'
import { startConnectNowProcess } from './servers/start-server-under-load.ts'

const CONNECTIONS = 1_000
const DOCUMENTS = 20
const MESSAGES_A_SEGMENT = 1_000
const SEGMENTS = 100
const EXTRAPOLATED = 10_000
/** The server bounds both of one person and of one address. */
const CONNECTIONS_A_PERSON = 25
const AT_ONCE = 20
const MEGABYTE = 1_000_000

/** What the server has after each step. */
interface Steps {
  empty: SettledMemory
  connected: SettledMemory
  opened: SettledMemory
  loaded: SettledMemory
}

export async function runIdle(
  {
    clients: [connections = CONNECTIONS] = [],
    messages: [messages = SEGMENTS * MESSAGES_A_SEGMENT] = [],
  }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  report(`${connections} bare connections`)
  const bare = await measureBare(connections)
  report(`writing ${messages} messages`)
  const lengths = [...Array.from({ length: DOCUMENTS }, () => 1), messages]
  const segments = Math.ceil(messages / MESSAGES_A_SEGMENT)
  const steps = await measureConnectNow({ connections, lengths, segments }, report)
  const rows = [
    rowOf('a bare ws connection', bare.before, bare.after, connections),
    rowOf('a connection, with its own document', steps.empty, steps.connected, connections),
    rowOf('a document open on it', steps.connected, steps.opened, connections * DOCUMENTS),
    rowOf(`a segment of ${MESSAGES_A_SEGMENT} messages`, steps.opened, steps.loaded, segments),
    extrapolate(steps, connections),
  ]
  return {
    rows,
    verdicts: [],
    notes: [
      `Measured with ${connections} connections of ${Math.ceil(connections / CONNECTIONS_A_PERSON)} people, the same ${DOCUMENTS} channels open on each, after the garbage was collected.`,
      `Resident memory grows in steps and is never all given back; live objects (heap, and what lies beside it) are the steadier figure.`,
      `${EXTRAPOLATED} connections are calculated: what was measured of each, times their number, on top of the empty server.`,
    ],
  }
}

const livingBytes = ({ heapUsed, external }: SettledMemory): number => heapUsed + external

function rowOf(what: string, before: SettledMemory, after: SettledMemory, count: number): BenchRow {
  return {
    what,
    count,
    'live kB each': (livingBytes(after) - livingBytes(before)) / count / 1_000,
    'resident kB each': (after.rss - before.rss) / count / 1_000,
    'live MB': livingBytes(after) / MEGABYTE,
    'resident MB': after.rss / MEGABYTE,
  }
}

function extrapolate({ empty, opened }: Steps, connections: number): BenchRow {
  const grown = (bytesOf: (memory: SettledMemory) => number): number =>
    (bytesOf(empty) + ((bytesOf(opened) - bytesOf(empty)) * EXTRAPOLATED) / connections) / MEGABYTE
  return {
    what: `calculated, with ${DOCUMENTS} documents each`,
    count: EXTRAPOLATED,
    'live MB': grown(livingBytes),
    'resident MB': grown(({ rss }) => rss),
  }
}

async function measureBare(
  connections: number,
): Promise<{ before: SettledMemory; after: SettledMemory }> {
  const script = 'e2e/bench/baselines/ws-relay.ts'
  const relay = await startProcess({
    script,
    readyText: 'listening',
    nodeArguments: memoryArguments,
  })
  const sockets: WebSocket[] = []
  try {
    const before = await readSettledMemory(relay)
    await inTurn(connections, async () => {
      const socket = new WebSocket(relay.url)
      await once(socket, 'open')
      sockets.push(socket)
    })
    const after = await readSettledMemory(relay)
    requireAll(
      sockets.filter(({ readyState }) => readyState === WebSocket.OPEN),
      connections,
    )
    return { before, after }
  } finally {
    for (const socket of sockets) socket.terminate()
    await relay.stop()
  }
}

interface Measurement {
  connections: number
  lengths: readonly number[]
  segments: number
}

async function measureConnectNow(
  { connections, lengths, segments }: Measurement,
  report: ReportProgress,
): Promise<Steps> {
  const dataDir = await fillDataDirectory({ kind: 'invented', lengths: [...lengths] })
  const server = await startConnectNowProcess({ nodeArguments: memoryArguments, dataDir }).catch(
    (error: unknown) => {
      rmSync(dataDir, { recursive: true })
      throw error
    },
  )
  const opened: IdleConnection[] = []
  let warm: IdleConnection | undefined
  try {
    const people = await signUpPeople(server.url, Math.ceil(connections / CONNECTIONS_A_PERSON))
    const channelIds = await findChannels(server, people, lengths.length)
    const longest = channelIds.at(-1)
    if (longest === undefined) throw new Error('There is no channel')
    const documents = channelIds.slice(0, DOCUMENTS).map((id) => nameOf(id, 1))
    // Once, before anything is measured: code is compiled, statements are prepared.
    warm = await connect(server.url, people[0])
    await warm.open(documents)
    const empty = await readSettledMemory(server)
    report(`${connections} connections`)
    await inTurn(connections, async (index) => {
      opened.push(await connect(server.url, people[index % people.length]))
    })
    const connected = await readSettledMemory(server)
    report(`${DOCUMENTS} documents on each`)
    await inTurn(connections, async (index) => opened[index]?.open(documents))
    const openedAll = await readSettledMemory(server)
    report(`${segments} segments`)
    const names = Array.from({ length: segments }, (_, index) => nameOf(longest, index + 1))
    for (const name of names) await opened[0]?.open([name])
    const loaded = await readSettledMemory(server)
    requireAll(
      opened.filter((connection) => connection.isOpen()),
      connections,
    )
    return { empty, connected, opened: openedAll, loaded }
  } finally {
    for (const connection of [...opened, warm]) connection?.close()
    await server.stop()
  }
}

const nameOf = (id: ChannelId, segment: number): string =>
  formatConversationName({ kind: 'channel', id }, segment)

async function findChannels(
  { url }: RunningProcess,
  people: readonly BenchPerson[],
  count: number,
): Promise<ChannelId[]> {
  const [person] = people
  if (person === undefined) throw new Error('Nobody signed up')
  const channels = await readChannels(url, person)
  return Array.from({ length: count }, (_, index) => {
    const channel = channels.find(({ slug }) => slug === `history-${index + 1}`)
    if (channel === undefined) throw new Error(`Channel ${index + 1} was not written`)
    return channel.id
  })
}

/** With the person's own document, which every device has open. */
async function connect(url: string, person: BenchPerson | undefined): Promise<IdleConnection> {
  if (person === undefined) throw new Error('Nobody signed up')
  const connection = await openIdleConnection({ url, ...person })
  await connection.open([formatUserDocumentName(person.userId)])
  return connection
}

function requireAll(open: readonly unknown[], connections: number): void {
  if (open.length === connections) return
  throw new Error(`${open.length} of ${connections} connections are open`)
}

async function inTurn(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < count; start += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - start)
    await Promise.all(Array.from({ length }, (_, index) => act(start + index)))
  }
}
