/** `catchup`: a device that was away for 1,000 messages comes back, until it has them all. */
import { setTimeout as after } from 'node:timers/promises'
import type { ConversationHandle, MessageView } from '../../client/engine/engine-interface.ts'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, ReportProgress } from './bench-result.ts'
import { forbidIndexedDb } from './clients/forbid-indexed-db.ts'
import { openDevice, untilShown, type Device } from './clients/open-device.ts'
import { startClients, type RunningClients } from './clients/start-clients.ts'
import { describeLoss } from './fanout.ts'
import { gzippedJsonBytes } from './history/gzipped-json.ts'
import { percentile } from './percentile.ts'
import { startServerUnderLoad } from './servers/start-server-under-load.ts'

const MESSAGES = 1_000
const WRITERS = 20
const MESSAGES_PER_SECOND = 200
/** What the device has of the conversation before it leaves. */
const KNOWN = 100
const ROUNDS = 5
const TIMEOUT_MS = 30_000
const POLL_MS = 5

interface CatchUp {
  ms: number
  bytes: number
  jsonBytes: number
}

export async function runCatchup(
  { messages: [messages = MESSAGES] = [], seconds: rounds = ROUNDS }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const found = await measure({ messages, rounds }, report)
  const middle = (what: keyof CatchUp): number =>
    percentile(Float64Array.from(found, (each) => each[what]).sort(), 0.5)
  return {
    rows: [
      { what: 'ConnectNow', messages, ms: middle('ms'), kB: middle('bytes') / 1_000 },
      { what: 'gzipped JSON', messages, kB: middle('jsonBytes') / 1_000 },
    ],
    verdicts: [
      judgeAim({
        what: 'bytes to catch up',
        value: middle('bytes'),
        baseline: 'gzipped JSON of the same messages',
        baselineValue: middle('jsonBytes'),
        bound: 'at most',
        times: 1.5,
      }),
    ],
    notes: [
      `Medians of ${rounds} absences, in each of which ${WRITERS} others wrote. From connecting to having all messages in the list.`,
      'Bytes are those that TCP brought to the device: handshake, signing in and all frames. Of the JSON its body alone counts.',
    ],
  }
}

async function measure(
  { messages, rounds }: { messages: number; rounds: number },
  report: ReportProgress,
): Promise<CatchUp[]> {
  report('starting server and clients')
  const server = await startServerUnderLoad('connectnow', { clients: WRITERS })
  try {
    const clients = await startClients(server)
    try {
      const [seat] = server.seats
      if (seat?.person === undefined) throw new Error('Nobody has a seat')
      forbidIndexedDb()
      const device = await openDevice({ url: server.url, ...seat.person })
      const handle = device.engine.openConversation({ kind: 'channel', id: seat.person.channelId })
      try {
        await write(clients, KNOWN)
        await untilShown(handle, (shown) => shown.messages.length === KNOWN, {
          timeoutMs: TIMEOUT_MS,
          what: 'What came before did not arrive',
        })
        const found: CatchUp[] = []
        for (let round = 0; round < rounds; round += 1) {
          report(`away for ${messages} messages, ${round + 1} of ${rounds}`)
          found.push(await leaveAndReturn({ device, handle, clients, messages }))
        }
        return found
      } finally {
        handle.close()
        await device.engine.close()
      }
    } finally {
      await clients.stop()
    }
  } finally {
    await server.stop()
  }
}

async function write(clients: RunningClients, messages: number): Promise<void> {
  const seconds = messages / MESSAGES_PER_SECOND
  const result = await clients.run({ messagesPerSecond: MESSAGES_PER_SECOND, seconds })
  if (!result.isCorrect) throw new Error(`connectnow: ${describeLoss(result, WRITERS)}`)
}

interface Absence {
  device: Device
  handle: ConversationHandle
  clients: RunningClients
  messages: number
}

async function leaveAndReturn({ device, handle, clients, messages }: Absence): Promise<CatchUp> {
  const { engine } = device
  device.setOnline(false)
  await untilConnection(device, 'offline')
  const known = new Set(handle.snapshot().messages.map(({ id }) => id))
  await write(clients, messages)
  const missed = (): MessageView[] => handle.snapshot().messages.filter(({ id }) => !known.has(id))
  if (missed().length > 0) throw new Error('The device was not away')

  device.setOnline(true)
  const bytesBefore = device.bytesReceived()
  const startedAt = performance.now()
  engine.reconnect()
  await untilShown(handle, () => missed().length >= messages, {
    timeoutMs: TIMEOUT_MS,
    what: 'The device did not catch up',
  })
  const ms = performance.now() - startedAt
  await untilConnection(device, 'online')
  const bytes = device.bytesReceived() - bytesBefore
  const records = missed().map(({ id, record }) => {
    if ('deletedAt' in record) throw new Error('A message was deleted')
    return { id, record }
  })
  if (records.length !== messages) throw new Error(`${records.length} of ${messages} are there`)
  return { ms, bytes, jsonBytes: await gzippedJsonBytes(records) }
}

async function untilConnection(
  { engine: { status } }: Device,
  connection: 'online' | 'offline',
): Promise<void> {
  const endsAt = performance.now() + TIMEOUT_MS
  while (status.snapshot().connection !== connection) {
    if (performance.now() > endsAt) throw new Error(`The device is not ${connection}`)
    await after(POLL_MS)
  }
}
