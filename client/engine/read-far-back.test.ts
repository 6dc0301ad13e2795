import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import { channelSchema } from '../../shared/api/channels.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageId } from '../../shared/ids.ts'
import { openTestEngine, until, untilSettled, type TestEngine } from '../testing/engine-kit.ts'
import { MAX_SEGMENTS } from './segment-window.ts'

const SEGMENT_MESSAGES = 80
/** The next segment begins a little after the one before it is full. */
const MOST_IN_SEGMENT = 160
const MESSAGES = 1_200
const WRITTEN_AT_ONCE = 30
/** What is open beside the window: the newest segment, and a person's own document. */
const OPEN_BESIDE = 3

let server: TestServer
let ada: TestPerson
let conversation: Conversation
let newestSegment: number
/** The first message, which begins a thread that goes on at the end. */
let question: MessageId

beforeAll(async () => {
  const updates = { capacity: 100_000, perSecond: 10_000 }
  const segments = { maxMessages: SEGMENT_MESSAGES, maxClients: 100 }
  server = await startTestServer({ limits: { updates, segments } })
  ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'C', slug: 'channel' })
  conversation = { kind: 'channel', id: channel.id }
})
afterAll(() => server.close())

/** Documents that the server has open, which are those of whoever is connected. */
async function countOpenDocuments(): Promise<number> {
  const response = await fetch(`${server.url}/metrics`)
  const [, count] = /^connectnow_open_documents (\d+)$/m.exec(await response.text()) ?? []
  return Number(count)
}

/** The numbers of the messages in the window. */
function shown({ handle }: TestEngine): number[] {
  const { messages } = handle.snapshot()
  return messages.flatMap(({ record }) =>
    record.parentId === undefined ? [Number(record.content)] : [],
  )
}

const isRun = (numbers: number[]): boolean =>
  numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1)

async function expectBounded(engine: TestEngine): Promise<void> {
  expect(isRun(shown(engine))).toBe(true)
  expect(shown(engine).length).toBeLessThanOrEqual(MAX_SEGMENTS * MOST_IN_SEGMENT)
  await expect.poll(countOpenDocuments).toBeLessThanOrEqual(MAX_SEGMENTS + OPEN_BESIDE)
}

async function open(): Promise<TestEngine> {
  const response = await ada.request('GET', `/api/channels/${conversation.id}`)
  ;({ newestSegment } = channelSchema.parse(await response.json()))
  return openTestEngine(server, ada, conversation, { knownSegments: newestSegment })
}

test('P4 however far one reads, back and forth, few segments are in memory, and none is left out', async () => {
  const writer = await openTestEngine(server, ada, conversation)
  question = writer.handle.send({ content: '1' })
  for (let number = 2; number <= MESSAGES; number += 1) {
    writer.handle.send({ content: `${number}` })
    if (number % WRITTEN_AT_ONCE === 0) await untilSettled(writer)
  }
  writer.handle.send({ content: 'answer', parentId: question })
  await untilSettled(writer)
  await writer.close()

  const reader = await open()
  expect(newestSegment).toBeGreaterThan(2 * MAX_SEGMENTS)
  await until(reader, ({ phase, messages }) => phase === 'ready' && messages.length > 0)
  const seen = new Set<number>()
  let most = 0
  const look = (): void => {
    for (const number of shown(reader)) seen.add(number)
    most = Math.max(most, shown(reader).length)
  }
  for (;;) {
    const { older } = await until(reader, (now) => now.older !== 'loading')
    look()
    await expectBounded(reader)
    if (older === 'none') break
    const start = shown(reader)[0]
    reader.handle.loadOlder()
    // What one reads there stays, and so does what is around it.
    expect(shown(reader)).toContain(start)
    await until(reader, () => shown(reader)[0] !== start)
  }
  expect(shown(reader)[0]).toBe(1)
  expect(shown(reader)).not.toContain(MESSAGES)
  expect(reader.handle.snapshot().newer).toBe('more')
  expect(most).toBeGreaterThan(2 * SEGMENT_MESSAGES)

  // A thread that leaves the window while it is open stays whole.
  const texts = (): string[] | undefined =>
    reader.handle.snapshot().thread?.messages.map(({ record }) => record.content)
  reader.handle.showThread(question)
  await expect.poll(texts).toEqual(['1', 'answer'])
  for (;;) {
    const { newer } = await until(reader, (now) => now.newer !== 'loading')
    look()
    expect(texts()).toEqual(['1', 'answer'])
    if (newer === 'none') break
    const end = shown(reader).at(-1)
    reader.handle.loadNewer()
    expect(shown(reader)).toContain(end)
    await until(reader, () => shown(reader).at(-1) !== end)
  }
  expect(shown(reader).at(-1)).toBe(MESSAGES)
  expect(shown(reader)).not.toContain(1)
  reader.handle.showThread(undefined)
  await expectBounded(reader)
  expect(seen.size).toBe(MESSAGES)
  await reader.close()
})

test('P4 who reads elsewhere while the chain grows keeps few segments in memory, and finds its end', async () => {
  const reader = await open()
  await until(reader, ({ phase, messages }) => phase === 'ready' && messages.length > 0)
  for (let step = 0; step < 2 * MAX_SEGMENTS; step += 1) {
    reader.handle.loadOlder()
    await until(reader, ({ older }) => older !== 'loading')
  }
  for (;;) {
    const { newer } = await until(reader, (now) => now.newer !== 'loading')
    if (newer === 'none') break
    reader.handle.loadNewer()
  }
  const start = shown(reader)[0]
  const writer = await openTestEngine(server, ada, conversation, { knownSegments: newestSegment })
  for (let number = 1; number <= 4 * SEGMENT_MESSAGES; number += 1) {
    writer.handle.send({ content: `${MESSAGES + number}` })
    if (number % WRITTEN_AT_ONCE === 0) await untilSettled(writer)
  }
  await writer.close()
  expect(shown(reader)[0]).toBe(start)
  await expectBounded(reader)
  for (;;) {
    const { newer } = await until(reader, (now) => now.newer !== 'loading')
    if (newer === 'none') break
    reader.handle.loadNewer()
  }
  await until(reader, () => shown(reader).at(-1) === MESSAGES + 4 * SEGMENT_MESSAGES)
  await expectBounded(reader)
  await reader.close()
})
