import { openDB } from 'idb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../../server/testing/running-server.ts'
import { formatConversationName, type Conversation } from '../../../shared/document/names.ts'
import {
  openTestEngine,
  screen,
  until,
  untilSettled,
  type TestEngine,
  type TestEngineOptions,
} from '../../testing/engine-kit.ts'
import { createStorageFaults, type StorageFaults } from '../../testing/storage-faults.ts'

const MAX_MESSAGES = 20
const MEGABYTE = 1_000_000
let server: TestServer
let ada: TestPerson
let conversation: Conversation
let faults: StorageFaults
let opened: TestEngine[]
let failures: unknown[]
let count = 0

beforeAll(async () => {
  const updates = { capacity: 100_000, perSecond: 1_000 }
  const segments = { maxMessages: MAX_MESSAGES, maxClients: 100 }
  server = await startTestServer({ limits: { updates, segments } })
  await server.signUp('Owner')
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  ada = await server.signUp(`Ada${count}`)
  const channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  conversation = { kind: 'channel', id: channel.id }
  faults = createStorageFaults()
  opened = []
  failures = []
  return async () => {
    faults.restore()
    await Promise.all(opened.map((each) => each.close()))
  }
})

async function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  const engine = await openTestEngine(server, ada, conversation, {
    onStorageFailure: (error) => failures.push(error),
    ...options,
  })
  opened.push(engine)
  return engine
}

async function close(engine: TestEngine): Promise<void> {
  opened = opened.filter((each) => each !== engine)
  await engine.close()
}

const ownName = (name: string): string => `connectnow-${ada.userId}-${name}`
const copyName = (segment: number): string => ownName(formatConversationName(conversation, segment))
const contents = ({ handle }: TestEngine): string[] =>
  handle.snapshot().messages.map(({ record }) => record.content)
const numbers = (to: number): string[] => Array.from({ length: to }, (_, index) => `${index + 1}`)
const missing = ({ engine }: TestEngine): number => engine.status.snapshot().missingCopies

async function writeMany(engine: TestEngine, to: number): Promise<void> {
  for (const number of numbers(to)) {
    engine.handle.send({ content: number })
    if (Number(number) % 10 === 0) await untilSettled(engine)
  }
  await untilSettled(engine)
}

async function loadAll(engine: TestEngine): Promise<void> {
  await expect
    .poll(() => {
      const { older } = engine.handle.snapshot()
      if (older === 'more') engine.handle.loadOlder()
      return older
    })
    .toBe('none')
}

async function copyAll(engine: TestEngine): Promise<void> {
  engine.engine.keepCopies([conversation])
  await expect.poll(() => missing(engine)).toBe(0)
}

async function evict(name: string): Promise<void> {
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(name).addEventListener('success', resolve)
  })
}

async function overwrite(name: string, store: string, garble: (value: unknown) => unknown) {
  const database = await openDB(name)
  const transaction = database.transaction(store, 'readwrite')
  for await (const cursor of transaction.store) await cursor.update(garble(cursor.value))
  await transaction.done
  database.close()
}

async function databaseNames(): Promise<string[]> {
  const databases = await indexedDB.databases()
  return databases.flatMap(({ name }) => (name?.startsWith(ownName('')) === true ? [name] : []))
}

test('P5 evicted copies of older segments are noticed and fetched again', async () => {
  let one = await open()
  await writeMany(one, 90)
  await copyAll(one)
  await close(one)
  await evict(copyName(1))
  // One that is there and empty is noticed when it is opened.
  const second = await openDB(copyName(2))
  await second.clear('updates')
  second.close()

  one = await open({ isOnline: false })
  one.engine.keepCopies([conversation])
  await expect.poll(() => missing(one)).toBe(1)
  await expect
    .poll(() => {
      one.handle.loadOlder()
      return missing(one)
    })
    .toBe(2)
  expect(contents(one).at(-1)).toBe('90')
  one.setOnline(true)
  await expect.poll(() => missing(one)).toBe(0)
  await close(one)
  one = await open({ isOnline: false })
  await loadAll(one)
  expect(contents(one)).toEqual(numbers(90))
})

test.for(['facts', 'copies', 'facts and copies', 'facts, copies and outbox'])(
  'P5 without its %s a browser takes nothing for deleted and is whole again from the server',
  async (lost) => {
    let one = await open()
    await writeMany(one, 50)
    await copyAll(one)
    await close(one)
    const isLost = (name: string): boolean =>
      lost.includes(name.includes('-channel:') ? 'copies' : name.slice(ownName('').length))
    await Promise.all((await databaseNames()).filter(isLost).map(evict))
    one = await open()
    one.engine.noteNewestSegments([{ conversation, newestSegment: 2 }])
    await copyAll(one)
    await untilSettled(one)
    await loadAll(one)
    await until(one, ({ messages }) => messages.length === 50)
    expect(contents(one)).toEqual(numbers(50))
    expect(one.engine.status.snapshot().storage).toBe('disk')
  },
)

test.for([true, false])(
  'P5 what waits in the outbox is delivered once when the copy it stands in was evicted (part of it sent: %s)',
  async (isPartSent) => {
    let one = await open()
    if (isPartSent) one.handle.send({ content: 'first' })
    await untilSettled(one)
    one.setOnline(false)
    const id = one.handle.send({ content: 'second' })
    one.handle.edit(id, 'second, edited')
    one.handle.send({ content: 'third' })
    await close(one)
    await evict(copyName(1))
    one = await open({ isOnline: false })
    await until(one, ({ messages }) => messages.length === 2)
    expect(screen(one)).toEqual(['second, edited pending', 'third pending'])
    one.setOnline(true)
    await untilSettled(one)
    const expected = [...(isPartSent ? ['first sent'] : []), 'second, edited sent', 'third sent']
    await expect.poll(() => screen(one)).toEqual(expected)
    expect(one.engine.status.snapshot().refusedCount).toBe(0)
    await close(one)
    one = await open()
    await untilSettled(one)
    expect(screen(one)).toEqual(expected)
  },
)

test.for([
  ['truncated', (value: unknown) => (value instanceof Uint8Array ? value.slice(0, -3) : value)],
  ['garbled', () => new Uint8Array([255, 7, 255, 255, 255, 255, 255, 255, 3, 9])],
  ['no bytes', () => ({ not: 'an update' })],
] as const)(
  'P5 a copy that is damaged (%s) is taken anew from the server, with what waits',
  async ([, garble]) => {
    let one = await open()
    one.handle.send({ content: 'before' })
    await untilSettled(one)
    one.setOnline(false)
    one.handle.send({ content: 'waiting' })
    await close(one)
    await overwrite(copyName(1), 'updates', garble)
    one = await open({ isOnline: false })
    await until(one, ({ messages }) => messages.at(-1)?.record.content === 'waiting')
    one.setOnline(true)
    await untilSettled(one)
    await expect.poll(() => screen(one)).toEqual(['before sent', 'waiting sent'])
    await close(one)
    one = await open({ isOnline: false })
    await until(one, ({ messages }) => messages.length === 2)
    expect(screen(one)).toEqual(['before sent', 'waiting sent'])
  },
)

test('P5 a damaged entry of the outbox holds up no other; its words are shown, to be sent anew', async () => {
  let one = await open({ isOnline: false })
  one.handle.send({ content: 'damaged words' })
  one.handle.send({ content: 'lost' })
  one.handle.send({ content: 'whole' })
  await close(one)
  await overwrite(ownName('outbox'), 'entries', (value) => {
    const text = JSON.stringify(value)
    if (text.includes('damaged words')) return { ...Object(value), kind: 7, messageId: 'x' }
    return text.includes('lost') ? { ...Object(value), value: 'nonsense' } : value
  })
  await evict(copyName(1))
  one = await open()
  await untilSettled(one)
  const isDamaged = (): boolean => one.engine.status.snapshot().refusedCount === 1
  await expect.poll(isDamaged).toBe(true)
  await expect.poll(() => screen(one).toSorted()).toEqual(['damaged words refused', 'whole sent'])
  expect(failures.map(String)).toEqual([expect.stringContaining('is damaged')])
  const refused = one.handle.snapshot().messages.find(({ delivery }) => delivery.state !== 'sent')
  expect(refused?.delivery).toMatchObject({ refusal: { code: 'damaged_on_device' } })
  if (refused?.delivery.state === 'refused') one.handle.retry(refused.delivery.outboxId)
  await expect.poll(() => screen(one).toSorted()).toEqual(['damaged words sent', 'whole sent'])
})

test('P5 a database that has lost its stores is made anew', async () => {
  for (const name of ['outbox', 'facts']) (await openDB(ownName(name), 1)).close()
  const one = await open()
  one.handle.send({ content: 'kept' })
  await expect.poll(() => one.engine.status.snapshot().storage).toBe('disk')
  await untilSettled(one)
  one.setOnline(false)
  one.handle.send({ content: 'waiting' })
  await close(one)
  const again = await open({ isOnline: false })
  await until(again, ({ messages }) => messages.length === 2)
  expect(screen(again)).toEqual(['kept sent', 'waiting pending'])
})

test('P5 facts that are damaged are found out again', async () => {
  let one = await open()
  await writeMany(one, 50)
  await copyAll(one)
  await close(one)
  await overwrite(ownName('facts'), 'facts', () => 'nonsense')
  one = await open()
  one.engine.noteNewestSegments([{ conversation, newestSegment: 2 }])
  await copyAll(one)
  await loadAll(one)
  await until(one, ({ messages }) => messages.length === 50)
  expect(contents(one)).toEqual(numbers(50))
})

test('P5 when space is short the oldest copies are given up before anything typed is', async () => {
  const one = await open()
  await writeMany(one, 130)
  await copyAll(one)
  await untilSettled(one)
  one.setOnline(false)
  const before = faults.deleted.length
  // Full until two copies have made room.
  faults.fill((name) => name === ownName('outbox') && faults.deleted.length < before + 2)
  one.handle.send({ content: 'more important' })
  await expect.poll(() => missing(one)).toBeGreaterThan(0)
  expect(one.engine.status.snapshot()).toMatchObject({ storage: 'disk', isShortOfSpace: true })
  expect(faults.deleted.slice(before, before + 2)).toEqual([copyName(1), copyName(2)])
  const outbox = await openDB(ownName('outbox'))
  await expect.poll(() => outbox.count('entries')).toBe(1)
  outbox.close()
  // What was given up is not fetched again while there is no space.
  one.setOnline(true)
  await untilSettled(one)
  expect(missing(one)).toBeGreaterThan(0)
})

test('P5 copying stops well before the quota, and says so', async () => {
  let usage = 10 * MEGABYTE
  const estimate = () => Promise.resolve({ usage, quota: 100 * MEGABYTE })
  let one = await open({ estimate })
  await writeMany(one, 90)
  await close(one)
  await Promise.all((await databaseNames()).map(evict))
  usage = 85 * MEGABYTE
  one = await open({ estimate })
  one.engine.noteNewestSegments([{ conversation, newestSegment: 4 }])
  await expect.poll(() => one.engine.status.snapshot().isShortOfSpace).toBe(true)
  one.engine.keepCopies([conversation])
  await untilSettled(one)
  expect(missing(one)).toBeGreaterThanOrEqual(3)
  usage = 10 * MEGABYTE
  await close(one)
  one = await open({ estimate })
  await copyAll(one)
  expect(one.engine.status.snapshot().isShortOfSpace).toBe(false)
})
