import { openDB } from 'idb'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Conversation } from '../../shared/document/names.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import {
  openTestEngine,
  screen,
  until,
  untilSettled,
  type TestEngine,
} from '../testing/engine-kit.ts'
import { createLeftEntries, type LeftEntries } from './left-entries.ts'

/** Two rounds of asking, and the way to the server and back. */
const TAKE_OVER_LIMIT_MS = 20_000

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let conversation: Conversation
let opened: TestEngine[]
let count = 0

beforeAll(async () => {
  server = await startTestServer()
  await server.signUp('Owner')
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  ada = await server.signUp(`Ada${count}`)
  ben = await server.signUp(`Ben${count}`)
  const channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  conversation = { kind: 'channel', id: channel.id }
  opened = []
  return async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
})

async function open(person: TestPerson, isOnline = true): Promise<TestEngine> {
  const engine = await openTestEngine(server, person, conversation, { isOnline })
  opened.push(engine)
  return engine
}

async function close(engine: TestEngine): Promise<void> {
  opened = opened.filter((each) => each !== engine)
  await engine.close()
}

/** How many entries the outbox of this device holds. */
async function waitingOnDisk(): Promise<number> {
  const database = await openDB(`connectnow-${ada.userId}-outbox`)
  const entries = await database.count('entries')
  database.close()
  return entries
}

test(
  'P5 what an engine had not delivered when it closed, the one beside it delivers once, and in order',
  async () => {
    const reader = await open(ben)
    const survivor = await open(ada)
    const first = survivor.handle.send({ content: 'before' })
    await untilSettled(survivor)
    const closing = await open(ada, false)
    await until(closing, ({ messages }) => messages.length === 1)
    const id = closing.handle.send({ content: 'left behind' })
    closing.handle.setReaction(id, '👍', true)
    closing.handle.edit(first, 'before, edited')
    closing.handle.send({ content: 'left behind, too' })
    await close(closing)
    expect(screen(survivor)).toEqual(['before sent'])

    for (const each of [survivor, reader]) {
      await expect
        .poll(() => screen(each), { timeout: TAKE_OVER_LIMIT_MS })
        .toEqual(['before, edited sent', 'left behind sent', 'left behind, too sent'])
    }
    const { messages } = await until(reader, (snapshot) =>
      snapshot.messages.some(({ reactions }) => reactions.length > 0),
    )
    expect(messages[1]?.reactions).toEqual([{ emoji: '👍', userIds: [ada.userId] }])
    await untilSettled(survivor)

    // Nothing of it waits on the disk for the next one.
    await expect.poll(waitingOnDisk).toBe(0)
  },
  TAKE_OVER_LIMIT_MS * 2,
)

test(
  'P5 what the server had when an engine closed before it heard of it does not wait for ever',
  async () => {
    const survivor = await open(ada)
    await untilSettled(survivor)
    const closing = await open(ada)
    await untilSettled(closing)
    closing.handle.send({ content: 'arrived' })
    // The survivor has it from the server before the writer has heard that it is on disk.
    await close(closing)
    await expect
      .poll(() => screen(survivor), { timeout: TAKE_OVER_LIMIT_MS })
      .toEqual(['arrived sent'])
    await untilSettled(survivor)
    await expect.poll(waitingOnDisk, { timeout: TAKE_OVER_LIMIT_MS }).toBe(0)
  },
  TAKE_OVER_LIMIT_MS * 2,
)

interface Party {
  left: LeftEntries
  held: Set<string>
  taken: string[]
}

/** Engines that hear each other at once. */
function createParties(size: number): Party[] {
  const parties: Party[] = Array.from({ length: size }, () => {
    const held = new Set<string>()
    const taken: string[] = []
    const left: LeftEntries = createLeftEntries({
      say: (message) =>
        parties.forEach((other) => (other.left === left ? undefined : other.left.hear(message))),
      isHeldHere: (id) => held.has(id),
      onLeft: (ids) => void taken.push(...ids),
    })
    return { left, held, taken }
  })
  return parties
}

test('what a living engine holds is left to it, however long it takes, and taken over when it is gone', () => {
  vi.useFakeTimers()
  try {
    const [writer, other] = createParties(2)
    if (writer === undefined || other === undefined) throw new Error('There are two')
    writer.held.add('one').add('two')
    writer.left.tellKept(['one', 'two'])
    vi.advanceTimersByTime(600_000)
    expect(other.taken).toEqual([])

    writer.held.delete('two')
    other.left.forget('two')
    // It closes, or crashes: it answers nothing any more.
    writer.held.clear()
    vi.advanceTimersByTime(20_000)
    expect(other.taken).toEqual(['one'])
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('what an older version of the app says is not understood, and does no harm', () => {
  const [, other] = createParties(2)
  for (const data of ['an id', 7, null, { type: 'kept' }, { type: 'new', ids: [] }]) {
    expect(() => other?.left.hear(data)).not.toThrow()
  }
})
