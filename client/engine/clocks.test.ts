import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
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

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const YEAR_MS = 365 * DAY_MS

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
})
afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()))
})

interface Device {
  skewMs: number
  isOnline?: boolean
}

/** A browser whose clock can be set while it runs. */
async function open(person: TestPerson, device: Device): Promise<TestEngine> {
  const engine = await openTestEngine(server, person, conversation, {
    isOnline: device.isOnline ?? true,
    now: () => Date.now() + device.skewMs,
  })
  opened.push(engine)
  return engine
}

async function close(engine: TestEngine): Promise<void> {
  opened = opened.filter((each) => each !== engine)
  await engine.close()
}

const ask = (engine: TestEngine, content: string): void => void engine.handle.send({ content })

/** The newest message of a screen has been sent, and its time is about now. */
async function expectSentNow(engine: TestEngine): Promise<void> {
  const { messages } = await until(engine, (snapshot) =>
    snapshot.messages.every(({ delivery }) => delivery.state === 'sent'),
  )
  const createdAt = messages.at(-1)?.record.createdAt ?? 0
  expect(Math.abs(createdAt - Date.now())).toBeLessThan(MINUTE_MS)
}

const skews = [-3 * YEAR_MS, DAY_MS, 6 * MINUTE_MS]

test.for(skews)(
  'P6 an answer from a device that is off by %d ms follows its question',
  async (skewMs) => {
    const asker = await open(ada, { skewMs: 0 })
    const answerer = await open(ben, { skewMs })
    await untilSettled(answerer)
    ask(asker, 'question')
    const { messages } = await until(answerer, (snapshot) => snapshot.messages.length === 1)
    answerer.handle.send({ content: 'answer', parentId: messages[0]?.id ?? raise() })
    await until(asker, (snapshot) => snapshot.messages.length === 2)
    await expect.poll(() => screen(answerer)).toEqual(['question sent', 'answer sent'])
    expect(screen(asker)).toEqual(['question sent', 'answer sent'])
    await expectSentNow(answerer)
  },
)

test.for(skews)(
  'P6 what a device that is off by %d ms learnt holds offline, after a reload',
  async (skewMs) => {
    const before = await open(ben, { skewMs })
    ask(before, 'before')
    await expect.poll(() => screen(before)).toEqual(['before sent'])
    await untilSettled(before)
    await close(before)
    const offline = await open(ben, { skewMs, isOnline: false })
    await until(offline, ({ phase }) => phase === 'ready')
    ask(offline, 'one')
    ask(offline, 'two')
    const asker = await open(ada, { skewMs: 0 })
    await until(asker, ({ messages }) => messages.length === 1)
    offline.setOnline(true)
    await expect.poll(() => screen(asker)).toEqual(['before sent', 'one sent', 'two sent'])
    await expectSentNow(offline)
  },
)

test.for(skews)(
  'P5 P6 a clock that jumps by %d ms while the app runs holds nothing up',
  async (skewMs) => {
    const device = { skewMs: 0 }
    const jumping = await open(ben, device)
    await untilSettled(jumping)
    ask(jumping, 'question')
    await expect.poll(() => screen(jumping)).toEqual(['question sent'])
    device.skewMs = skewMs
    ask(jumping, 'one')
    ask(jumping, 'two')
    await expect.poll(() => screen(jumping)).toEqual(['question sent', 'one sent', 'two sent'])
    await expectSentNow(jumping)
  },
)

function raise(): never {
  throw new Error('There is no question')
}
