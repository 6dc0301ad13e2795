import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { channelSchema } from '../shared/api/channels.ts'
import { messageSchema } from '../shared/api/messages.ts'
import { formatConversationName } from '../shared/document/names.ts'
import type { ChannelId, MessageId } from '../shared/ids.ts'
import { createIdSequence, message } from '../shared/testing/updates.ts'
import { openCrashWriter, type CrashWriter } from './testing/crash-writer.ts'
import {
  createExpectedRecords,
  placeOf,
  recordsOf,
  type ExpectedRecords,
} from './testing/expected-records.ts'
import { signUp, type Person } from './testing/person.ts'
import { readEngineCounts, readTables } from './testing/read-tables.ts'
import { createSeededRandom } from './testing/seeded-random.ts'
import { runServerCommand, spawnServer, type StartingServer } from './testing/server-process.ts'
import { openSyncConnection } from './testing/sync-connection.ts'

const CRASHES = 50
/** Besides, this often one while it starts, which is when it recovers from the crash before. */
const ROUNDS_PER_CRASH_AT_START = 10
/** What is written here stays in one segment. */
const settings = { SEGMENT_MAX_MESSAGES: '1000000', SEGMENT_MAX_CLIENTS: '1000000' }
/** All below what the server allows one person at once; more would only take longer to read again. */
const MOST_UPDATES = 60
const MOST_OFFLINE_UPDATES = 60
const MOST_POSTS = 60
const LATEST_CRASH_MS = 80
const TIMEOUT_MS = 240_000

interface Channel {
  id: ChannelId
  documentName: string
  expected: ExpectedRecords
  /** The state that the latest reader was given. */
  known: Uint8Array
}

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

async function crash(): Promise<void> {
  await running?.kill()
  running = undefined
}

async function createChannel(
  url: string,
  slug: string,
  [owner, ...others]: readonly [Person, ...Person[]],
): Promise<Channel> {
  const response = await owner.post(url, '/api/channels', { name: slug, slug })
  const { id } = channelSchema.parse(await response.json())
  for (const { userId } of others) await owner.post(url, `/api/channels/${id}/members`, { userId })
  const documentName = formatConversationName({ kind: 'channel', id })
  const known = Y.encodeStateAsUpdate(new Y.Doc())
  return { id, documentName, expected: createExpectedRecords(), known }
}

/** What somebody new finds, who never had any of it; in the document and in the tables alike. */
async function findFaults(url: string, { cookie }: Person, channel: Channel): Promise<string[]> {
  const { documentName, expected, id } = channel
  const reader = openSyncConnection({ url, cookie, documentName })
  await reader.synced
  const found = recordsOf(reader.document)
  channel.known = Y.encodeStateAsUpdate(reader.document)
  reader.destroy()
  const rows = readTables(dataDir, id)
  const unlike = [...new Set([...found.keys(), ...rows.keys()])]
    .filter((place) => !isDeepStrictEqual(found.get(place), rows.get(place)))
    .map((place) => `${place}: the row is not like the record`)
  return [...expected.settle(found), ...unlike]
}

/** Posts by REST, one after the other, until the server is gone; at most as many as it takes. */
async function postUntilTheEnd(
  url: string,
  { userId, post }: Person,
  { id: channelId, expected }: Channel,
  nextId: () => MessageId,
  onAcknowledged: () => void,
): Promise<void> {
  for (let count = 0; count < MOST_POSTS; count += 1) {
    const id = nextId()
    const content = `posted as ${id}`
    let record = message(userId, { content })
    let isAnswered = false
    const write = expected.writeMatching(placeOf({ root: 'messages', key: id }), (found) => {
      // Until it is answered, only the server knows the time that it gave to it.
      const createdAt = isAnswered ? record.createdAt : createdAtOf(found)
      return isDeepStrictEqual(found, { ...record, createdAt })
    })
    try {
      const response = await post(url, `/api/channels/${channelId}/messages`, { id, content })
      const body: unknown = await response.json()
      expect({ status: response.status, body }).toMatchObject({ status: 201 })
      record = { ...record, createdAt: messageSchema.parse(body).createdAt }
    } catch (error) {
      // What fetch throws when nobody is there any more, or in the middle of the answer.
      if (error instanceof TypeError || error instanceof SyntaxError) return
      throw error
    }
    isAnswered = true
    write.acknowledge()
    onAcknowledged()
  }
}

function createdAtOf(found: unknown): unknown {
  return typeof found === 'object' && found !== null && 'createdAt' in found && found.createdAt
}

test(
  `P1 P3 ${CRASHES} times kill -9 at random moments loses nothing acknowledged`,
  { timeout: TIMEOUT_MS },
  async () => {
    const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
    const random = createSeededRandom(seed)
    const nextId = createIdSequence()
    let acknowledgedCount = 0
    let roundsCutShort = 0
    let startsCutShort = 0

    const startedAt = performance.now()
    let url = await start()
    const startMs = performance.now() - startedAt
    const ada = await signUp(url, 'Ada')
    const ben = await signUp(url, 'Ben')
    const cleo = await signUp(url, 'Cleo')
    const dora = await signUp(url, 'Dora')
    const channels = [
      await createChannel(url, 'first', [ada, ben, cleo, dora]),
      await createChannel(url, 'second', [dora, ada, ben, cleo]),
    ] as const

    async function writeUntilTheCrash(): Promise<void> {
      let acknowledgedNow = 0
      let isStopped = false
      const enough = Promise.withResolvers<void>()
      // Who leaves last makes the server store the document, and that can be cut short, too.
      const leavesEarly = random.below(3) === 0
      const crashAfter = leavesEarly || random.below(2) === 0 ? undefined : random.below(150)
      function onAcknowledged(): void {
        acknowledgedNow += 1
        if (acknowledgedNow === crashAfter) enough.resolve()
      }
      const open = (person: Person, channel: Channel, isOffline: boolean): Promise<CrashWriter> =>
        openCrashWriter({
          url,
          person,
          documentName: channel.documentName,
          expected: channel.expected,
          random,
          nextId: nextId<MessageId>,
          onAcknowledged,
          ...(isOffline && {
            offline: { known: channel.known, count: 1 + random.below(MOST_OFFLINE_UPDATES) },
          }),
        })
      const [busy, quiet] = random.below(2) === 0 ? channels : [channels[1], channels[0]]
      const bringsBacklog = random.below(3) === 0
      const staying = [await open(ada, busy, false), await open(ben, busy, bringsBacklog)]
      const leaving = await open(dora, quiet, false)

      const posting = postUntilTheEnd(url, cleo, busy, nextId<MessageId>, onAcknowledged)
      async function writeAll(writer: CrashWriter, count: number): Promise<void> {
        await writer.write(count, () => isStopped)
        await writer.acknowledged()
      }
      const left = writeAll(leaving, leavesEarly ? random.below(MOST_UPDATES) : MOST_UPDATES)
      const everything = Promise.all([
        left,
        posting,
        ...staying.map((writer) => writeAll(writer, MOST_UPDATES)),
      ])
      if (leavesEarly) {
        await left
        leaving.leave()
      }
      const moment =
        crashAfter === undefined ? after(random.below(LATEST_CRASH_MS)) : enough.promise
      await Promise.race([moment, leavesEarly ? everything.then(() => moment) : everything])
      isStopped = true
      await crash()
      await posting
      const cutOff = leavesEarly ? staying : [...staying, leaving]
      for (const writer of cutOff) await writer.end()
      if (cutOff.some((writer) => writer.outstanding() > 0)) roundsCutShort += 1
      acknowledgedCount += acknowledgedNow
    }

    async function crashAtStart(): Promise<void> {
      running = await spawnServer(dataDir, unexpectedEnd.reject, { settings })
      const isListening = await Promise.race([
        after(random.below(startMs), false),
        running.listening.then(() => true),
      ])
      if (!isListening) startsCutShort += 1
      await crash()
    }

    async function goThrough(round: number): Promise<void> {
      await writeUntilTheCrash()
      if (round % ROUNDS_PER_CRASH_AT_START === 0) await crashAtStart()
      url = await start()
      for (const channel of channels) expect(await findFaults(url, cleo, channel)).toEqual([])
    }

    for (let round = 1; round <= CRASHES; round += 1) {
      try {
        await Promise.race([goThrough(round), unexpectedEnd.promise])
      } catch (cause) {
        throw new Error(`Crash ${round}; CRASH_SEED=${seed} makes the same choices`, { cause })
      }
    }
    await crash()

    // The check saw what it is for: many acknowledged writes, many crashes in the middle of some.
    expect(acknowledgedCount).toBeGreaterThan(10 * CRASHES)
    expect(roundsCutShort).toBeGreaterThan(CRASHES / 10)
    expect(startsCutShort).toBeGreaterThan(0)
    expect(readEngineCounts(dataDir).snapshots).toBe(channels.length)

    expect(await runServerCommand(dataDir, ['verify'])).toMatchObject({ code: 0 })
  },
)
