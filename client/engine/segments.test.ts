import { deleteDB } from 'idb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
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
  type TestEngineOptions,
} from '../testing/engine-kit.ts'

const MAX_MESSAGES = 40
/** The next segment is heard of a little after the one before it is full. */
const ROLL_LAG = 20
let server: TestServer
let ada: TestPerson
let conversation: Conversation
let opened: TestEngine[]
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
  opened = []
  return async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
})

async function open(person: TestPerson, options?: TestEngineOptions): Promise<TestEngine> {
  const engine = await openTestEngine(server, person, conversation, options)
  opened.push(engine)
  return engine
}

async function join(name: string): Promise<TestPerson> {
  const person = await server.signUp(name)
  await ada.request('POST', `/api/channels/${conversation.id}/members`, { userId: person.userId })
  return person
}

async function write(engine: TestEngine, from: number, to: number): Promise<void> {
  for (let index = from; index <= to; index += 1) {
    engine.handle.send({ content: `${index}` })
    // One by one, as people type: otherwise all of it is one update, and one segment.
    if (index % 10 === 0) await untilSettled(engine)
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

const contents = (engine: TestEngine): string[] =>
  engine.handle.snapshot().messages.map(({ record }) => record.content)
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`)

test('P4 a long conversation opens at its newest messages, and goes back as far as one reads', async () => {
  const one = await open(ada)
  await write(one, 1, 200)
  const newcomer = await open(await join(`New${count}`))
  const { messages, older } = await until(newcomer, ({ messages: shown }) =>
    shown.some(({ record }) => record.content === '200'),
  )
  expect(older).not.toBe('none')
  expect(messages.length).toBeLessThan(150)
  await loadAll(newcomer)
  expect(contents(newcomer)).toEqual(numbers(1, 200))
})

test('P4 while nobody reads further up, old segments leave the memory again', async () => {
  const one = await open(ada)
  await write(one, 1, 200)
  expect(one.handle.snapshot().messages.length).toBeLessThan(3 * (MAX_MESSAGES + ROLL_LAG))
  expect(contents(one).at(-1)).toBe('200')
})

test('P5 the whole history is copied in the background, and can be read offline', async () => {
  const one = await open(ada)
  await write(one, 1, 130)
  const ben = await join(`Ben${count}`)
  const browser = await open(ben)
  browser.engine.keepCopies([conversation])
  await expect
    .poll(
      async () => (await indexedDB.databases()).filter(({ name }) => isCopyOf(name, ben)).length,
    )
    .toBeGreaterThanOrEqual(3)
  await untilSettled(browser)
  await expect.poll(() => browser.engine.status.snapshot().missingCopies).toBe(0)
  opened = opened.filter((each) => each !== browser)
  await browser.close()

  const offline = await open(ben, { isOnline: false })
  await loadAll(offline)
  expect(contents(offline)).toEqual(numbers(1, 130))
})

test('P5 a part of the history that this device lost is told as missing, and comes with the connection', async () => {
  const one = await open(ada)
  await write(one, 1, 130)
  const ben = await join(`Evicted${count}`)
  const browser = await open(ben)
  browser.engine.keepCopies([conversation])
  await expect.poll(() => browser.engine.status.snapshot().missingCopies).toBe(0)
  await untilSettled(browser)
  opened = opened.filter((each) => each !== browser)
  await browser.close()
  await deleteDB(`connectnow-${ben.userId}-${formatConversationName(conversation, 1)}`)

  const offline = await open(ben, { isOnline: false })
  await expect
    .poll(() => {
      const { older } = offline.handle.snapshot()
      if (older === 'more') offline.handle.loadOlder()
      return older
    })
    .toBe('missing')
  expect(contents(offline)).toEqual(numbers(Number(contents(offline)[0]), 130))
  offline.setOnline(true)
  await loadAll(offline)
  expect(contents(offline)).toEqual(numbers(1, 130))
})

test('P5 a conversation whose newest segment has no message yet can be read offline', async () => {
  let one = await open(ada)
  let written = 0
  const hasRolled = async (): Promise<boolean> =>
    (await indexedDB.databases()).some(
      ({ name }) => isCopyOf(name, ada) && name?.endsWith('/2') === true,
    )
  while (!(await hasRolled())) {
    await write(one, written + 1, written + 10)
    written += 10
  }
  await untilSettled(one)
  opened = opened.filter((each) => each !== one)
  await one.close()
  one = await open(ada, { isOnline: false })
  await expect.poll(() => contents(one)).toEqual(numbers(1, written))
})

test('P5 a device that never got the newest segment shows what came before it while offline', async () => {
  let one = await open(ada)
  await write(one, 1, 10)
  await expect.poll(() => isInStep(one)).toBe(true)
  opened = opened.filter((each) => each !== one)
  await one.close()
  one = await open(ada, { isOnline: false, knownSegments: 2 })
  await expect.poll(() => contents(one)).toEqual(numbers(1, 10))
})

function isCopyOf(name: string | undefined, { userId }: TestPerson): boolean {
  return name?.startsWith(`connectnow-${userId}-channel:${conversation.id}/`) === true
}

test('P6 who was away for several segments ends equal, with what they wrote in its place', async () => {
  const ben = await join(`Away${count}`)
  const [one, away] = [await open(ada), await open(ben)]
  await write(one, 1, 5)
  const { messages } = await until(away, (snapshot) => snapshot.messages.length === 5)
  away.setOnline(false)
  const [first] = messages
  if (first !== undefined) away.handle.setReaction(first.id, '👍', true)
  away.handle.send({ content: 'written away' })
  await write(one, 6, 150)
  away.setOnline(true)
  await untilSettled(away)
  await until(away, ({ messages: shown }) => shown.at(-1)?.record.content === '150')
  away.handle.send({ content: 'back' })
  for (const engine of [one, away]) {
    await until(engine, ({ messages: shown }) => shown.at(-1)?.record.content === 'back')
    await loadAll(engine)
  }
  await untilSettled(away)
  const late = contents(away).indexOf('written away')
  expect(contents(away).toSpliced(late, 1)).toEqual([...numbers(1, 150), 'back'])
  await expect.poll(() => screen(one)).toEqual(screen(away))
  expect(one.handle.snapshot().messages[0]?.reactions).toEqual([
    { emoji: '👍', userIds: [ben.userId] },
  ])
})

test('P6 a thread goes on in later segments, and its message counts all replies', async () => {
  const one = await open(ada)
  const parent = one.handle.send({ content: 'question' })
  await write(one, 1, 50)
  one.handle.send({ content: 'answer', parentId: parent })
  await untilSettled(one)
  await loadAll(one)
  const { messages } = await until(one, (snapshot) => snapshot.messages.length === 52)
  expect(messages[0]?.replyCount).toBe(1)
  one.handle.edit(parent, 'question, edited')
  await untilSettled(one)
  expect(contents(one)[0]).toBe('question, edited')
})

test('P6 a message written late into an old segment is seen by those who follow, now or later', async () => {
  const ben = await join(`Late${count}`)
  const cleo = await join(`Later${count}`)
  const away = await open(ben)
  await write(away, 1, 10)
  const one = await open(ada)
  one.engine.keepCopies([conversation])
  let other = await open(cleo)
  other.engine.keepCopies([conversation])
  away.setOnline(false)
  await write(one, 11, 180)
  await until(other, ({ messages: shown }) => shown.at(-1)?.record.content === '180')
  await expect.poll(() => isInStep(other)).toBe(true)
  opened = opened.filter((each) => each !== other)
  await other.close()
  away.handle.send({ content: 'late' })
  away.setOnline(true)
  await untilSettled(away)
  // Who follows is told at once.
  await until(one, ({ messages: shown }) => shown.at(-1)?.record.content === 'late')
  // Who was away meanwhile hears of it on coming back.
  other = await open(cleo)
  other.engine.keepCopies([conversation])
  await until(other, ({ messages: shown }) => shown.at(-1)?.record.content === 'late')
})

const isInStep = ({ engine }: TestEngine): boolean =>
  engine.status.snapshot().connection === 'online'
