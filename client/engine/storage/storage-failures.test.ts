import { openDB } from 'idb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../../server/testing/running-server.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import {
  openTestEngine,
  screen,
  until,
  untilSettled,
  type TestEngine,
  type TestEngineOptions,
} from '../../testing/engine-kit.ts'
import { createStorageFaults, type StorageFaults } from '../../testing/storage-faults.ts'

let server: TestServer
let ada: TestPerson
let conversation: Conversation
let faults: StorageFaults
let opened: TestEngine[]
let failures: unknown[]
let count = 0

beforeAll(async () => {
  server = await startTestServer()
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

async function reload(engine: TestEngine, options?: TestEngineOptions): Promise<TestEngine> {
  opened = opened.filter((each) => each !== engine)
  await engine.close()
  return open(options)
}

/** The page is gone without a word: nothing that is in memory reaches the disk any more. */
async function crash(engine: TestEngine): Promise<void> {
  faults.closeConnections(isOwn)
  faults.refuse(isOwn, 'UnknownError')
  opened = opened.filter((each) => each !== engine)
  await engine.close()
  faults.mend()
}

const storage = ({ engine }: TestEngine): string => engine.status.snapshot().storage
const trouble = ({ engine }: TestEngine): string | undefined =>
  engine.status.snapshot().storageTrouble
const isOwn = (name: string): boolean => name.startsWith(`connectnow-${ada.userId}-`)
const isOutbox = (name: string): boolean => name.endsWith('-outbox')
const isCopy = (name: string): boolean => name.includes('-channel:')

test('P5 a full disk is told, what is typed is sent all the same, and is kept once there is space', async () => {
  let one = await open()
  await untilSettled(one)
  one.setOnline(false)
  faults.fill(isOwn)
  one.handle.send({ content: 'no space' })
  await expect.poll(() => trouble(one)).toBe('full')
  expect(storage(one)).toBe('memory')
  expect(screen(one)).toEqual(['no space pending'])
  one.handle.send({ content: 'none still' })
  faults.mend()
  await expect.poll(() => storage(one)).toBe('disk')
  await crash(one)
  one = await open({ isOnline: false })
  await until(one, ({ messages }) => messages.length === 2)
  expect(screen(one)).toEqual(['no space pending', 'none still pending'])
  one.setOnline(true)
  await untilSettled(one)
  expect(screen(one)).toEqual(['no space sent', 'none still sent'])
})

test('P5 a copy is kept on once its disk has recovered', async () => {
  let one = await open()
  await untilSettled(one)
  faults.refuse(isCopy, 'UnknownError')
  faults.closeConnections(isCopy)
  await expect.poll(() => trouble(one)).toBe('closed')
  one.handle.send({ content: 'while it fails' })
  await untilSettled(one)
  faults.mend()
  await expect.poll(() => storage(one)).toBe('disk')
  one.handle.send({ content: 'afterwards' })
  await untilSettled(one)
  one = await reload(one, { isOnline: false })
  await until(one, ({ messages }) => messages.length === 2)
  expect(screen(one)).toEqual(['while it fails sent', 'afterwards sent'])
})

test('P5 what was typed while the disk is full reaches the server', async () => {
  const one = await open()
  await untilSettled(one)
  faults.fill(isOwn)
  one.handle.send({ content: 'sent from memory' })
  await untilSettled(one)
  expect(screen(one)).toEqual(['sent from memory sent'])
})

test('P5 connections that the browser closes are opened again, and get all that memory has', async () => {
  let one = await open()
  one.handle.send({ content: 'before' })
  await untilSettled(one)
  one.setOnline(false)
  one.handle.send({ content: 'waiting' })
  faults.refuse(isOwn, 'UnknownError')
  faults.closeConnections(isOwn)
  await expect.poll(() => trouble(one)).toBe('closed')
  one.handle.send({ content: 'while closed' })
  expect(screen(one)).toHaveLength(3)
  // As clearing the data of the site does: what is opened again is empty.
  const names = await databaseNames()
  for (const name of names) indexedDB.deleteDatabase(name)
  faults.mend()
  await expect.poll(() => storage(one)).toBe('disk')
  await crash(one)
  one = await open({ isOnline: false })
  await until(one, ({ messages }) => messages.length === 3)
  expect(screen(one)).toEqual(['before sent', 'waiting pending', 'while closed pending'])
  one.setOnline(true)
  await untilSettled(one)
  expect(screen(one)).toEqual(['before sent', 'waiting sent', 'while closed sent'])
})

test('P5 an entry that is delivered while the disk fails is not sent again after a reload', async () => {
  let one = await open()
  await untilSettled(one)
  one.setOnline(false)
  const id = one.handle.send({ content: 'once' })
  faults.refuse(isOutbox, 'UnknownError')
  faults.closeConnections(isOutbox)
  one.setOnline(true)
  await untilSettled(one)
  one.handle.edit(id, 'once, edited')
  await untilSettled(one)
  await crash(one)
  one = await open()
  await untilSettled(one)
  await until(one, ({ messages }) => messages.length === 1)
  expect(screen(one)).toEqual(['once, edited sent'])
})

test('P5 a browser that refuses to keep anything says so, reads and writes', async () => {
  faults.refuse(isOwn, 'SecurityError')
  const one = await open()
  expect(trouble(one)).toBe('refused')
  one.handle.send({ content: 'private' })
  await untilSettled(one)
  expect(screen(one)).toEqual(['private sent'])
})

test('P5 a disk that does not answer holds up nothing, and what it has comes when it does', async () => {
  let one = await open({ isOnline: false })
  one.handle.send({ content: 'from before' })
  faults.hang(isOwn)
  one = await reload(one, { isOnline: false })
  one.handle.send({ content: 'from now' })
  await until(one, ({ messages }) => messages.length === 1)
  await until(one, ({ phase }) => phase === 'ready' || phase === 'empty-copy')
  expect(trouble(one)).toBe('silent')
  faults.release()
  await until(one, ({ messages }) => messages.length === 2)
  await expect.poll(() => storage(one)).toBe('disk')
  expect(one.engine.status.snapshot().pendingCount).toBe(2)
  one.setOnline(true)
  await untilSettled(one)
  expect(screen(one)).toEqual(['from before sent', 'from now sent'])
})

test('P5 entries that are read only after the document is in step are delivered once', async () => {
  let one = await open({ isOnline: false })
  one.handle.send({ content: 'from before' })
  faults.hang(isOwn)
  one = await reload(one)
  await expect.poll(() => one.engine.status.snapshot().connection).toBe('online')
  await until(one, ({ phase }) => phase === 'ready')
  faults.release()
  await until(one, ({ messages }) => messages[0]?.delivery.state === 'sent')
  await untilSettled(one)
  const other = await reload(one)
  await untilSettled(other)
  await until(other, ({ messages }) => messages.length === 1)
  expect(screen(other)).toEqual(['from before sent'])
  expect(other.engine.status.snapshot().refusedCount).toBe(0)
})

test.for(['outbox', 'facts', 'copy'])(
  'P5 a tab whose %s was changed by a newer version goes on in memory and still sends',
  async (kind) => {
    const one = await open()
    await untilSettled(one)
    const names = (await databaseNames()).filter((name) =>
      kind === 'copy' ? isCopy(name) : name.endsWith(kind),
    )
    expect(names).toHaveLength(1)
    const newer = await openDB(names[0] ?? '', 2)
    await expect.poll(() => trouble(one)).toBe('outdated')
    one.handle.send({ content: 'from the older one' })
    await untilSettled(one)
    expect(screen(one)).toEqual(['from the older one sent'])
    // The same when it is opened while the newer layout is there.
    const again = await reload(one)
    await expect.poll(() => trouble(again)).toBe('outdated')
    again.handle.send({ content: 'and again' })
    await untilSettled(again)
    expect(screen(again)).toEqual(['from the older one sent', 'and again sent'])
    newer.close()
  },
)

test('P5 a tab whose data another tab deletes brings none of it back', async () => {
  const one = await open()
  one.handle.send({ content: 'before' })
  await untilSettled(one)
  for (const name of await databaseNames()) {
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(name).addEventListener('success', resolve)
    })
  }
  await expect.poll(() => trouble(one)).toBe('erased')
  one.handle.send({ content: 'after' })
  await untilSettled(one)
  expect(screen(one)).toEqual(['before sent', 'after sent'])
  expect(await databaseNames()).toEqual([])
})

async function databaseNames(): Promise<string[]> {
  const databases = await indexedDB.databases()
  return databases.flatMap(({ name }) => (name !== undefined && isOwn(name) ? [name] : []))
}
