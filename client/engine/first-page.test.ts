import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Conversation } from '../../shared/document/names.ts'
import { messageIdSchema, type MessageId } from '../../shared/ids.ts'
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

const MESSAGES = 70
const PAGE_SIZE = 50

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let conversation: Conversation
let path: string
let ids: MessageId[]
let opened: TestEngine[]
let count = 0

beforeAll(async () => {
  // The newest page spans two segments.
  const segments = { maxMessages: 40, maxClients: 100 }
  server = await startTestServer({ limits: { segments } })
  await server.signUp('Owner')
})
afterAll(() => server.close())
beforeEach(async () => {
  count += 1
  ada = await server.signUp(`Ada${count}`)
  ben = await server.signUp(`Ben${count}`)
  const channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  conversation = { kind: 'channel', id: channel.id }
  path = `/api/channels/${channel.id}/messages`
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  ids = []
  for (let index = 1; index <= MESSAGES; index += 1) {
    const response = await ben.request('POST', path, { content: `${index}` })
    ids.push(z.object({ id: messageIdSchema }).parse(await response.json()).id)
  }
  opened = []
  return async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
})

/** A browser that knows from the directory where the chain ends. */
async function open(person: TestPerson, options?: TestEngineOptions): Promise<TestEngine> {
  const engine = await openTestEngine(server, person, conversation, {
    ...options,
    knownSegments: 2,
  })
  opened.push(engine)
  return engine
}

const contents = ({ handle }: TestEngine): string[] =>
  handle.snapshot().messages.map(({ record }) => record.content)
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`)
const newestId = (): MessageId => {
  const id = ids.at(-1)
  if (id === undefined) throw new Error('There is no message')
  return id
}

test('P4 a device without a copy shows the newest page before any document is there', async () => {
  const engine = await open(ben, { hasSync: false })
  await until(engine, ({ messages }) => messages.length === PAGE_SIZE)
  expect(contents(engine)).toEqual(numbers(MESSAGES - PAGE_SIZE + 1, MESSAGES))
  expect(engine.handle.snapshot()).toMatchObject({ phase: 'preview', older: 'missing' })
  expect(engine.requests).toEqual([`/channels/${conversation.id}/messages?limit=${PAGE_SIZE}`])
})

test('P4 the documents take over from the page: nothing goes, comes twice or moves', async () => {
  const engine = await open(ben, { hasSync: false })
  await until(engine, ({ messages }) => messages.length === PAGE_SIZE)
  const screens: string[][] = []
  engine.handle.subscribe(() => screens.push(contents(engine)))
  engine.setOnline(true)
  await until(engine, ({ phase, older }) => phase === 'ready' && older === 'none')
  expect(contents(engine)).toEqual(numbers(1, MESSAGES))
  for (const screen of screens) {
    expect(screen.slice(-PAGE_SIZE)).toEqual(numbers(MESSAGES - PAGE_SIZE + 1, MESSAGES))
    expect(new Set(screen).size).toBe(screen.length)
  }
})

test('P5 what one writes, edits, reacts and pins on the page is kept, and goes out', async () => {
  const engine = await open(ben, { hasSync: false })
  await until(engine, ({ messages }) => messages.length === PAGE_SIZE)
  const { handle } = engine
  const first = handle.snapshot().messages[0]?.id ?? newestId()
  handle.edit(newestId(), 'edited')
  handle.setReaction(first, '👍', true)
  handle.setPinned(newestId(), true)
  const own = handle.send({ content: 'new' })
  const expectShown = ({ handle: { snapshot } }: TestEngine, state: string): void => {
    const { messages } = snapshot()
    expect(messages.at(-1)).toMatchObject({ id: own, delivery: { state } })
    const edited = { record: { content: 'edited' }, delivery: { state }, isPinned: true }
    expect(messages.at(-2)).toMatchObject(edited)
    expect(messages.find(({ id }) => id === first)?.reactions).toEqual([
      { emoji: '👍', userIds: [ben.userId] },
    ])
  }
  expectShown(engine, 'pending')

  // It is on disk: the page may go, and come back.
  opened = []
  await engine.close()
  const again = await open(ben, { hasSync: false })
  await until(again, ({ messages }) => messages.length >= PAGE_SIZE)
  expectShown(again, 'pending')
  again.setOnline(true)
  await untilSettled(again)
  await until(again, ({ phase }) => phase === 'ready')
  expectShown(again, 'sent')
  const other = await open(ada)
  await until(other, ({ messages, phase }) => phase === 'ready' && messages.at(-1)?.id === own)
  await untilSettled(other)
  expectShown(other, 'sent')
})

test('a page has the reactions, pins, replies and deletions that the documents have', async () => {
  const writer = await open(ben)
  await until(writer, ({ phase, messages }) => phase === 'ready' && messages.length === MESSAGES)
  const [parentId = newestId(), , deleted = newestId()] = ids.slice(-20)
  writer.handle.setReaction(parentId, '🎉', true)
  writer.handle.setPinned(parentId, true)
  writer.handle.send({ content: 'answer', parentId })
  writer.handle.edit(newestId(), 'edited')
  writer.handle.remove(deleted)
  await untilSettled(writer)
  const shown = ({ handle }: TestEngine): unknown =>
    handle
      .snapshot()
      .messages.slice(-PAGE_SIZE)
      .map(({ record: { createdAt, content }, ...view }) => ({ createdAt, content, ...view }))
  const newcomer = await open(ada, { hasSync: false })
  // The tables follow the documents by one batch; a page that was read before shows less.
  await until(newcomer, ({ messages }) => messages.length === PAGE_SIZE)
  expect(shown(newcomer)).toEqual(shown(writer))
})

test('P4 a device that has a copy asks for no page', async () => {
  const engine = await open(ben)
  await until(engine, ({ phase, messages }) => phase === 'ready' && messages.length === MESSAGES)
  opened = []
  await engine.close()
  const again = await open(ben)
  await until(again, ({ phase, messages }) => phase === 'ready' && messages.length === MESSAGES)
  expect(again.requests).toEqual([])
})

test('without an answer of REST the documents come all the same', async () => {
  const engine = await open(ben, { isOnline: false })
  await until(engine, ({ phase }) => phase === 'empty-copy')
  engine.setOnline(true)
  await until(engine, ({ messages }) => messages.length === MESSAGES)
  expect(contents(engine)).toEqual(numbers(1, MESSAGES))
})
