import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../../server/testing/running-server.ts'
import { locatedMessageSchema, messageSchema } from '../../../shared/api/messages.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId } from '../../../shared/ids.ts'
import { until, type TestEngine } from '../../testing/engine-kit.ts'
import { createTestBrowser, type TestBrowser, type TestTab } from '../../testing/tab-kit.ts'

const MESSAGES = 300

let server: TestServer
let ada: TestPerson
let conversation: Conversation
/** The ids of the messages 1, 2, 3 …, and of an answer to the first, behind all of them. */
let ids: MessageId[]
let answer: MessageId
let browser: TestBrowser

beforeAll(async () => {
  const segments = { maxMessages: 40, maxClients: 1_000 }
  server = await startTestServer({ limits: { segments } })
  ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'C', slug: 'channel' })
  conversation = { kind: 'channel', id: channel.id }
  async function post(message: { content: string; parentId?: MessageId }): Promise<MessageId> {
    const response = await ada.request('POST', `/api/channels/${channel.id}/messages`, message)
    return messageSchema.parse(await response.json()).id
  }
  ids = []
  for (let index = 1; index <= MESSAGES; index += 1) ids.push(await post({ content: `${index}` }))
  answer = await post({ content: 'answer', parentId: idOf(1) })
})
afterAll(() => server.close())
beforeEach(() => {
  browser = createTestBrowser(server, ada, conversation)
  return () => browser.close()
})

function idOf(number: number): MessageId {
  const id = ids[number - 1]
  if (id === undefined) throw new Error(`There is no message ${number}`)
  return id
}

/** A tab that leads, and one that follows, both at the newest message. */
async function openTwo(): Promise<[TestTab, TestTab]> {
  const tabs: [TestTab, TestTab] = [await browser.openTab(), await browser.openTab()]
  for (const tab of tabs) {
    await until(tab, ({ phase, messages }) => phase === 'ready' && messages.length > 0)
  }
  return tabs
}

function shown({ handle }: TestEngine): number[] {
  const { messages } = handle.snapshot()
  return messages
    .filter(({ record }) => record.parentId === undefined)
    .map(({ record }) => Number(record.content))
}

const isRun = (numbers: number[]): boolean =>
  numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1)
const threadOf = ({ handle }: TestEngine): string[] | undefined =>
  handle.snapshot().thread?.messages.map(({ record }) => record.content)

test('P4 a tab that follows opens an old message and reads on from there, alone', async () => {
  const [leader, follower] = await openTwo()
  const before = shown(leader)
  expect(await follower.handle.reveal(idOf(100))).toEqual({
    state: 'shown',
    parentId: undefined,
    isDeleted: false,
  })
  expect(shown(follower)).toContain(100)
  expect(shown(follower)).not.toContain(MESSAGES)
  await until(follower, ({ newer }) => newer === 'more')
  const last = shown(follower).at(-1) ?? 0
  follower.handle.loadNewer()
  await until(follower, () => (shown(follower).at(-1) ?? 0) > last)
  expect(isRun(shown(follower))).toBe(true)
  expect(shown(leader)).toEqual(before)
  follower.handle.showNewest()
  await until(follower, ({ newer, messages }) => newer === 'none' && messages.at(-1)?.id === answer)
  expect(leader.requests.some((path) => path.includes(idOf(100)))).toBe(true)
  expect(follower.requests).toEqual([])
})

test('P4 a tab that follows shows a thread from end to end, with what it answers at once', async () => {
  const [, follower] = await openTwo()
  expect(await follower.handle.reveal(answer)).toMatchObject({ parentId: idOf(1) })
  follower.handle.showThread(idOf(1))
  await expect.poll(() => threadOf(follower)).toEqual(['1', 'answer'])
  const own = follower.handle.send({ content: 'another', parentId: idOf(1) })
  expect(threadOf(follower)).toEqual(['1', 'answer', 'another'])
  await expect
    .poll(() => follower.handle.snapshot().thread?.messages.at(-1)?.delivery.state)
    .toBe('sent')
  follower.handle.remove(own)
  await expect.poll(() => threadOf(follower)).toEqual(['1', 'answer', ''])
  follower.handle.showThread(undefined)
  await until(follower, ({ thread }) => thread === undefined)
})

test('P6 when the leading tab dies, an old message and a thread stay on the screen of the others', async () => {
  const [leader, follower] = await openTwo()
  await follower.handle.reveal(idOf(100))
  follower.handle.showThread(idOf(1))
  await until(follower, ({ older, newer }) => older === 'more' && newer === 'more')
  const start = shown(follower)[0] ?? 0
  follower.handle.loadOlder()
  await until(follower, () => (shown(follower)[0] ?? start) < start)
  await expect.poll(() => threadOf(follower)?.slice(0, 2)).toEqual(['1', 'answer'])
  const before = shown(follower)
  const screens: number[][] = []
  const threads: (string[] | undefined)[] = []
  follower.handle.subscribe(() => {
    screens.push(shown(follower))
    threads.push(threadOf(follower)?.slice(0, 2))
  })
  leader.die()
  await expect.poll(() => follower.isLeader()).toBe(true)
  await expect.poll(() => follower.requests.some((path) => path.includes(idOf(100)))).toBe(true)
  await expect.poll(() => follower.engine.status.snapshot().connection).toBe('online')
  await until(follower, ({ older, newer }) => older !== 'loading' && newer !== 'loading')
  for (const screen of [...screens, shown(follower)]) {
    expect(isRun(screen)).toBe(true)
    for (const number of before) expect(screen).toContain(number)
    expect(screen).not.toContain(MESSAGES)
  }
  for (const thread of threads) expect(thread).toEqual(['1', 'answer'])
  follower.handle.showNewest()
  await until(follower, ({ messages }) => messages.at(-1)?.record.parentId === idOf(1))
})

test('P4 what a tab that follows writes far from the end stands on its screen at once, and then among the newest', async () => {
  const [leader, follower] = await openTwo()
  await follower.handle.reveal(idOf(100))
  await until(follower, ({ newer }) => newer === 'more')
  const screens: { ids: MessageId[]; newer: string }[] = []
  follower.handle.subscribe(() => {
    const { messages, newer } = follower.handle.snapshot()
    screens.push({ ids: messages.map(({ id }) => id), newer })
  })
  const own = follower.handle.send({ content: 'from far away' })
  // Before anybody else has heard of it. Nothing of what was read there stands before it.
  const { messages, older, newer } = follower.handle.snapshot()
  expect(messages.map(({ id }) => id)).toEqual([own])
  expect({ older, newer }).toEqual({ older: 'loading', newer: 'none' })
  await until(follower, (now) => now.messages.length > 1)
  const view = (): unknown =>
    follower.handle.snapshot().messages.find(({ id }) => id === own)?.delivery.state
  await expect.poll(view).toBe('sent')
  expect(follower.handle.snapshot().messages.some(({ id }) => id === idOf(MESSAGES))).toBe(true)
  // It has never left the screen meanwhile.
  for (const screen of screens) expect(screen).toMatchObject({ newer: 'none' })
  for (const screen of screens) expect(screen.ids).toContain(own)

  // Who follows another link meanwhile is not held at the end.
  await follower.handle.reveal(idOf(100))
  const another = follower.handle.send({ content: 'and off again' })
  expect(await follower.handle.reveal(idOf(101))).toMatchObject({ state: 'shown' })
  await until(follower, (now) => now.newer === 'more')
  expect(shown(follower)).toContain(101)
  for (const id of [own, another]) leader.handle.remove(id)
  await expect.poll(() => leader.engine.status.snapshot().pendingCount).toBe(0)
})

test('what a tab asked for while nobody leads is answered by the next to lead', async () => {
  const [leader, follower] = await openTwo()
  leader.cut('incoming')
  const revealed = follower.handle.reveal(idOf(50))
  leader.die()
  expect(await revealed).toMatchObject({ state: 'shown' })
  expect(shown(follower)).toContain(50)
})

test('P4 what a tab that follows does to a very old message goes straight to its segment', async () => {
  const ben = await server.signUp('Ben')
  await ada.request('POST', `/api/channels/${conversation.id}/members`, { userId: ben.userId })
  await browser.close()
  browser = createTestBrowser(server, ben, conversation)
  const [, follower] = await openTwo()
  const before = await copiedSegments(ben)
  follower.handle.setReaction(idOf(150), '👍', true)
  await expect.poll(() => reactionsTo(idOf(150))).toEqual(['👍'])
  // One more, however many lie between it and the newest.
  expect(await copiedSegments(ben)).toHaveLength(before.length + 1)
  expect(shown(follower)).not.toContain(150)
})

async function reactionsTo(messageId: MessageId): Promise<string[]> {
  const path = `/api/channels/${conversation.id}/messages/${messageId}`
  const response = await ada.request('GET', path)
  return locatedMessageSchema.parse(await response.json()).reactions.map(({ emoji }) => emoji)
}

/** The segments of which this person's browser has a copy. */
async function copiedSegments({ userId }: TestPerson): Promise<number[]> {
  const prefix = `connectnow-${userId}-channel:${conversation.id}/`
  const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? [])
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .toSorted((one, other) => one - other)
}
