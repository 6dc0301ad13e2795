import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { channelSchema } from '../../shared/api/channels.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { createId, type MessageId } from '../../shared/ids.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import {
  openTestEngine,
  until,
  untilSettled,
  type TestEngine,
  type TestEngineOptions,
} from '../testing/engine-kit.ts'

const MAX_MESSAGES = 40
const MESSAGES = 400

let server: TestServer
let ada: TestPerson
let conversation: Conversation
/** The ids of the messages 1, 2, 3 …, and of an answer to the first one, far behind it. */
const ids: MessageId[] = []
let answer: MessageId
let opened: TestEngine[]

beforeAll(async () => {
  const updates = { capacity: 100_000, perSecond: 1_000 }
  const segments = { maxMessages: MAX_MESSAGES, maxClients: 100 }
  server = await startTestServer({ limits: { updates, segments } })
  ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'C', slug: 'channel' })
  conversation = { kind: 'channel', id: channel.id }
  const writer = await openTestEngine(server, ada, conversation)
  for (let index = 1; index <= MESSAGES; index += 1) {
    ids.push(writer.handle.send({ content: `${index}` }))
    // One by one, as people type: otherwise all of it is one update, and one segment.
    if (index % 10 === 0) await settled(writer)
    if (index === MESSAGES / 2) {
      const [parentId = createMessageId()] = ids
      answer = writer.handle.send({ content: 'answer', parentId })
    }
  }
  await settled(writer)
  await writer.close()
})
afterAll(() => server.close())
beforeEach(() => {
  opened = []
  return async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
})

/** As `untilSettled`, which works within a test alone. */
function settled({ engine: { status } }: TestEngine): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const { pendingCount, connection } = status.snapshot()
      if (pendingCount > 0 || connection !== 'online') return
      unsubscribe()
      resolve()
    }
    const unsubscribe = status.subscribe(look)
    look()
  })
}

async function open(person: TestPerson, options?: TestEngineOptions): Promise<TestEngine> {
  const response = await ada.request('GET', `/api/channels/${conversation.id}`)
  const { newestSegment } = channelSchema.parse(await response.json())
  const engine = await openTestEngine(server, person, conversation, {
    ...options,
    knownSegments: newestSegment,
  })
  opened.push(engine)
  return engine
}

async function join(name: string): Promise<TestPerson> {
  const person = await server.signUp(name)
  await ada.request('POST', `/api/channels/${conversation.id}/members`, { userId: person.userId })
  return person
}

/** Somebody's browser without any copy, at the newest message. */
async function openAtEnd(name: string): Promise<TestEngine> {
  const engine = await open(await join(name))
  await until(engine, ({ phase, messages }) => phase === 'ready' && messages.length > 0)
  return engine
}

function createMessageId(): MessageId {
  const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
  return createId<MessageId>({ now: Date.now, randomBytes })
}

/** The id of the message that says this number. */
function idOf(number: number): MessageId {
  const id = ids[number - 1]
  if (id === undefined) throw new Error(`There is no message ${number}`)
  return id
}

/** The numbers on the screen; replies, which stand in threads, are not among them. */
function shown(engine: TestEngine): number[] {
  const { messages } = engine.handle.snapshot()
  return messages
    .filter(({ record }) => record.parentId === undefined)
    .map(({ record }) => Number(record.content))
}

const isRun = (numbers: number[]): boolean =>
  numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1)

async function copiesOf(person: TestPerson): Promise<string[]> {
  const start = `connectnow-${person.userId}-channel:${conversation.id}/`
  const databases = await indexedDB.databases()
  return databases.flatMap(({ name }) => (name?.startsWith(start) === true ? [name] : []))
}

test('P4 a link opens an old message without the segments in between', async () => {
  const ben = await join('Ben')
  const engine = await open(ben)
  await until(engine, ({ phase, messages }) => phase === 'ready' && messages.length > 0)
  expect(await engine.handle.reveal(idOf(150))).toEqual({
    state: 'shown',
    parentId: undefined,
    isDeleted: false,
  })
  await until(engine, ({ older, newer }) => older === 'more' && newer === 'more')
  expect(shown(engine)).toContain(150)
  expect(shown(engine)).not.toContain(MESSAGES)
  expect(isRun(shown(engine))).toBe(true)
  expect((await copiesOf(ben)).length).toBeLessThan(6)
})

test('P4 from an old message one reads on in both directions, up to the ends', async () => {
  const engine = await openAtEnd('Bob')
  await engine.handle.reveal(idOf(200))
  const seen = new Set<number>()
  for (const [way, read] of [
    ['older', engine.handle.loadOlder],
    ['newer', engine.handle.loadNewer],
  ] as const) {
    for (;;) {
      const { [way]: further } = await until(engine, (now) => now[way] !== 'loading')
      expect(isRun(shown(engine))).toBe(true)
      for (const number of shown(engine)) seen.add(number)
      if (further === 'none') break
      read()
    }
  }
  expect([...seen].toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: MESSAGES }, (_, index) => index + 1),
  )
})

test('what others write does not follow an old message; what one writes leads to the end', async () => {
  const engine = await openAtEnd('Bill')
  const other = await openAtEnd('Berta')
  await engine.handle.reveal(idOf(100))
  const written = other.handle.send({ content: '401' })
  await untilSettled(other)
  await engine.handle.reveal(idOf(101))
  expect(shown(engine)).not.toContain(401)
  expect(engine.handle.snapshot().newer).toBe('more')
  engine.handle.showNewest()
  await until(engine, ({ messages }) => messages.some(({ id }) => id === written))
  expect(engine.handle.snapshot().newer).toBe('none')

  await engine.handle.reveal(idOf(100))
  expect(shown(engine)).not.toContain(401)
  const own = engine.handle.send({ content: '402' })
  await until(engine, ({ messages }) => messages.at(-1)?.id === own)
  expect(engine.handle.snapshot().newer).toBe('none')
  await until(engine, ({ older }) => older !== 'loading')
  expect(isRun(shown(engine))).toBe(true)
  for (const each of [engine, other]) {
    for (const id of [written, own]) each.handle.remove(id)
    await untilSettled(each)
  }
})

test('P4 a link to a reply leads to what it answers, and a thread is there from end to end', async () => {
  const engine = await openAtEnd('Bea')
  expect(await engine.handle.reveal(answer)).toEqual({
    state: 'shown',
    parentId: idOf(1),
    isDeleted: false,
  })
  engine.handle.showThread(idOf(1))
  expect(shown(engine)[0]).toBe(1)
  const texts = (): string[] | undefined =>
    engine.handle.snapshot().thread?.messages.map(({ record }) => record.content)
  await expect.poll(texts).toEqual(['1', 'answer'])
  // The thread stays while one reads elsewhere; an answer goes to the newest segment.
  engine.handle.showNewest()
  const own = engine.handle.send({ content: 'another', parentId: idOf(1) })
  await expect.poll(texts).toEqual(['1', 'answer', 'another'])
  expect(engine.handle.snapshot().thread?.state).toBe('here')
  engine.handle.remove(own)
  engine.handle.showThread(undefined)
  expect(engine.handle.snapshot().thread).toBeUndefined()
  await untilSettled(engine)
})

test('a message that was deleted, or that is not there, is said to be so', async () => {
  const engine = await openAtEnd('Bo')
  const gone = engine.handle.send({ content: 'gone' })
  await untilSettled(engine)
  engine.handle.remove(gone)
  await untilSettled(engine)
  expect(await engine.handle.reveal(gone)).toMatchObject({ state: 'shown', isDeleted: true })
  expect(await engine.handle.reveal(createMessageId())).toEqual({ state: 'not-found' })
  const stranger = await server.signUp('Stranger')
  const secret = await server.createChannel(ada, { name: 'S', slug: 'secret', type: 'PRIVATE' })
  const post = await ada.request('POST', `/api/channels/${secret.id}/messages`, { content: 'x' })
  const { id } = (await post.json()) as { id: MessageId } // the answer's contract
  const outside = await openTestEngine(server, stranger, { kind: 'channel', id: secret.id })
  opened.push(outside)
  expect(await outside.handle.reveal(id)).toEqual({ state: 'not-found' })
})

test('offline a link opens what is copied, threads included, and says what is not', async () => {
  const cleo = await join('Cleo')
  const online = await open(cleo)
  online.engine.keepCopies([conversation])
  await expect
    .poll(async () => [(await copiesOf(cleo)).length > 7, online.engine.status.snapshot()])
    .toMatchObject([true, { missingCopies: 0, connection: 'online' }])
  opened = opened.filter((each) => each !== online)
  await online.close()

  const offline = await open(cleo, { isOnline: false })
  expect(await offline.handle.reveal(idOf(90))).toMatchObject({ state: 'shown' })
  expect(shown(offline)).toContain(90)
  expect(shown(offline)).not.toContain(MESSAGES)
  expect(await offline.handle.reveal(answer)).toMatchObject({ parentId: idOf(1) })
  offline.handle.showThread(idOf(1))
  await expect
    .poll(() =>
      offline.handle
        .snapshot()
        .thread?.messages.map(({ id }) => id)
        .slice(0, 2),
    )
    .toEqual([idOf(1), answer])
  expect(await offline.handle.reveal(createMessageId())).toEqual({ state: 'not-here' })
})

test('P6 the chain grows while one reads an old message, and its end is found again', async () => {
  const engine = await openAtEnd('Bruno')
  const other = await openAtEnd('Bianca')
  await engine.handle.reveal(idOf(60))
  await until(engine, ({ older }) => older === 'none')
  const before = shown(engine)
  const more: MessageId[] = []
  for (let index = 1; index <= 2 * MAX_MESSAGES; index += 1) {
    more.push(other.handle.send({ content: `${MESSAGES + index}` }))
    if (index % 10 === 0) await untilSettled(other)
  }
  await untilSettled(other)
  await untilSettled(engine)
  expect(shown(engine)).toEqual(before)
  engine.handle.showNewest()
  await until(
    engine,
    ({ messages, newer }) => newer === 'none' && messages.at(-1)?.id === more.at(-1),
  )
})
