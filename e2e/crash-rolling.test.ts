import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { channelSchema } from '../shared/api/channels.ts'
import { rootMap } from '../shared/document/layout.ts'
import { formatConversationName } from '../shared/document/names.ts'
import type { ChannelId, MessageId } from '../shared/ids.ts'
import { createIdSequence, message } from '../shared/testing/updates.ts'
import { signUp, type Person } from './testing/person.ts'
import { createSeededRandom } from './testing/seeded-random.ts'
import { runServerCommand, spawnServer, type StartingServer } from './testing/server-process.ts'
import { openSyncConnection, type SyncConnection } from './testing/sync-connection.ts'

const CRASHES = 15
const MESSAGES_A_ROUND = 60
/** The server is killed when this many, or up to three times as many, were acknowledged. */
const LEAST_ACKNOWLEDGED = 10
const LATEST_CRASH_MS = 10
/** So few that every round rolls. */
const settings = { SEGMENT_MAX_MESSAGES: '10' }

let dataDir: string
let running: StartingServer | undefined
let unexpectedEnd: PromiseWithResolvers<never>

beforeEach(() => {
  unexpectedEnd = Promise.withResolvers()
  unexpectedEnd.promise.catch(() => undefined)
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
afterEach(async () => {
  await running?.kill()
  rmSync(dataDir, { recursive: true })
})

async function start(): Promise<string> {
  running = await spawnServer(dataDir, unexpectedEnd.reject, { settings })
  return (await running.listening).url
}

interface Chain {
  url: string
  person: Person
  id: ChannelId
}

function openSegment(
  { url, person, id }: Chain,
  segment: number,
  onDurable: (clock: number) => void = () => undefined,
): SyncConnection {
  const documentName = formatConversationName({ kind: 'channel', id }, segment)
  return openSyncConnection({ url, cookie: person.cookie, documentName, onDurable })
}

const nextOf = ({ document }: SyncConnection): number | undefined => {
  const next = rootMap(document, 'meta').get('next')
  return typeof next === 'number' ? next : undefined
}

/** Every message that a newcomer finds by walking the chain, and how many segments it has. */
async function readChain(chain: Chain): Promise<{ ids: string[]; segments: number }> {
  const ids: string[] = []
  for (let segment = 1; ; segment += 1) {
    const reader = openSegment(chain, segment)
    await reader.synced
    ids.push(...rootMap(reader.document, 'messages').keys())
    const next = nextOf(reader)
    reader.destroy()
    if (next === undefined) return { ids, segments: segment }
    expect(next).toBe(segment + 1)
  }
}

/** Writes to the end of the chain, wherever that moves, and tells what was acknowledged. */
async function writeUntilGone(
  chain: Chain,
  nextId: () => MessageId,
  onAcknowledged: (id: MessageId) => void,
  isOver: () => boolean,
): Promise<void> {
  let { segments: segment } = await readChain(chain)
  let sent: MessageId[] = []
  const open = (): SyncConnection => {
    // A fresh document: its clocks count what is sent through it.
    const own: MessageId[] = []
    sent = own
    return openSegment(chain, segment, (clock) => {
      for (const id of own.slice(0, clock)) onAcknowledged(id)
    })
  }
  const connections = [open()]
  for (let count = 0; count < MESSAGES_A_ROUND && !isOver(); count += 1) {
    const current = connections.at(-1)
    if (current === undefined) return
    await Promise.race([current.synced.catch(() => undefined), current.closed])
    const id = nextId()
    rootMap(current.document, 'messages').set(
      id,
      message(chain.person.userId, { content: id, createdAt: Date.now() }),
    )
    sent.push(id)
    await after(1)
    const next = nextOf(current)
    if (next === undefined) continue
    segment = next
    connections.push(open())
  }
  await connections.at(-1)?.closed
  for (const connection of connections) connection.destroy()
}

test('P1 P6 kill -9 while a conversation rolls loses no message, and leaves one unbroken chain', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000)
  const random = createSeededRandom(seed)
  const nextId = createIdSequence()
  const acknowledged = new Set<string>()
  let url = await start()
  const person = await signUp(url, 'Ada')
  const response = await person.post(url, '/api/channels', { name: 'rolling', slug: 'rolling' })
  const { id } = channelSchema.parse(await response.json())
  let segments = 1
  for (let round = 1; round <= CRASHES; round += 1) {
    let isOver = false
    const enough = acknowledged.size + LEAST_ACKNOWLEDGED * (1 + random.below(3))
    const isEnough = Promise.withResolvers<void>()
    const onAcknowledged = (messageId: MessageId): void => {
      if (acknowledged.add(messageId).size >= enough) isEnough.resolve()
    }
    const writing = writeUntilGone({ url, person, id }, nextId, onAcknowledged, () => isOver)
    await Promise.race([isEnough.promise, writing, unexpectedEnd.promise])
    await after(random.below(LATEST_CRASH_MS))
    isOver = true
    await running?.kill()
    await Promise.race([writing, unexpectedEnd.promise])
    url = await start()
    const found = await readChain({ url, person, id })
    const kept = new Set(found.ids)
    expect({
      round,
      seed,
      twice: found.ids.length - kept.size,
      lost: [...acknowledged].filter((each) => !kept.has(each)),
      isShorter: found.segments < segments,
    }).toEqual({ round, seed, twice: 0, lost: [], isShorter: false })
    segments = found.segments
  }
  expect(acknowledged.size).toBeGreaterThan(100)
  expect(segments).toBeGreaterThan(8)
  await running?.kill()
  expect(await runServerCommand(dataDir, ['verify'])).toMatchObject({ code: 0 })
}, 120_000)
