import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { defaultGuardLimits } from '../../shared/guard/limits.ts'
import { MAX_CONTENT_LENGTH } from '../../shared/records/message.ts'
import type { Conversation } from '../../shared/document/names.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import {
  announceNetwork,
  openTestEngine,
  screen,
  until,
  untilSettled,
  type TestEngine,
  type TestEngineOptions,
} from '../testing/engine-kit.ts'

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

async function open(person: TestPerson, options?: TestEngineOptions): Promise<TestEngine> {
  const engine = await openTestEngine(server, person, conversation, options)
  opened.push(engine)
  return engine
}

/** Closes the page and opens it again in the same browser. */
async function reload(
  engine: TestEngine,
  person: TestPerson,
  options?: TestEngineOptions,
): Promise<TestEngine> {
  opened = opened.filter((each) => each !== engine)
  await engine.close()
  return open(person, options)
}

test('what one writes the other sees, and it is sent when it is on the server’s disk', async () => {
  const [one, other] = [await open(ada), await open(ben)]
  const id = one.handle.send({ content: 'hello' })
  expect(screen(one)).toEqual(['hello pending'])
  await until(one, ({ messages }) => messages[0]?.delivery.state === 'sent')
  await until(other, ({ messages }) => messages.length === 1)
  other.handle.setReaction(id, '👍', true)
  one.handle.edit(id, 'hello there')
  await until(one, ({ messages }) => messages[0]?.reactions[0]?.userIds[0] === ben.userId)
  await until(other, ({ messages }) => messages[0]?.record.content === 'hello there')
  one.handle.setPinned(id, true)
  one.handle.remove(id)
  await until(other, ({ messages }) => messages[0]?.record.content === '')
  await untilSettled(one)
})

test('P5 what was written offline survives a reload offline, and goes out in order', async () => {
  const other = await open(ben)
  let one = await open(ada)
  const kept = one.handle.send({ content: 'before' })
  await untilSettled(one)
  one.setOnline(false)
  await expect.poll(() => one.engine.status.snapshot().connection).toBe('offline')
  for (let index = 1; index <= 5; index += 1) one.handle.send({ content: `${index}` })
  one.handle.edit(kept, 'before, edited')
  one.handle.setReaction(kept, '🎉', true)
  one = await reload(one, ada, { isOnline: false })
  const seen = await until(one, ({ messages }) => messages.length === 6)
  expect(seen.messages[0]?.reactions).toEqual([{ emoji: '🎉', userIds: [ada.userId] }])
  one.handle.send({ content: '6' })
  expect(screen(one)).toEqual([
    'before, edited pending',
    ...['1', '2', '3', '4', '5', '6'].map((each) => `${each} pending`),
  ])
  one.setOnline(true)
  await untilSettled(one)
  await until(other, ({ messages }) => messages.length === 7)
  expect(screen(other)).toEqual(screen(one))
  expect(screen(one).every((each) => each.endsWith(' sent'))).toBe(true)
})

test('P5 a page that is closed before it could deliver does so when it is opened again', async () => {
  const one = await open(ada, { isOnline: false })
  one.handle.send({ content: 'last words' })
  const again = await reload(one, ada)
  await untilSettled(again)
  expect(screen(again)).toEqual(['last words sent'])
})

test('P5 work goes on through a long absence of the server, and reaches the one that returns', async () => {
  const [one, other] = [await open(ada), await open(ben)]
  one.handle.send({ content: 'before' })
  await untilSettled(one)
  const restarted = server.restart()
  one.handle.send({ content: 'while away' })
  await restarted
  one.handle.send({ content: 'after' })
  await untilSettled(one)
  await until(other, ({ messages }) => messages.length === 3)
  expect(screen(other)).toEqual(['before sent', 'while away sent', 'after sent'])
})

test('P5 a session that ended while offline keeps what was written until somebody signs in', async () => {
  const one = await open(ada)
  await untilSettled(one)
  one.setOnline(false)
  one.handle.send({ content: 'still here' })
  await ada.request('POST', '/api/auth/sign-out', {})
  one.setOnline(true)
  await expect.poll(() => one.engine.status.snapshot().needsSignIn).toBe(true)
  expect(screen(one)).toEqual(['still here pending'])
  const response = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email: ada.email, password: 'correct horse battery' }),
  })
  const cookie = response.headers.getSetCookie().map((each) => each.split(';')[0])
  one.signInAgain({ ...ada, cookie: cookie.join('; ') })
  await untilSettled(one)
  expect(one.engine.status.snapshot().needsSignIn).toBe(false)
  expect(screen(one)).toEqual(['still here sent'])
})

test.for([true, false])(
  'P5 of ten messages written offline, nine are sent and one is refused with its reason (reload: %s)',
  async (isReloaded) => {
    const other = await open(ben)
    let one = await open(ada)
    await untilSettled(one)
    one.setOnline(false)
    for (let index = 0; index < 10; index += 1) {
      const content = index === 4 ? 'x'.repeat(MAX_CONTENT_LENGTH + 1) : `${index}`
      one.handle.send({ content })
    }
    if (isReloaded) one = await reload(one, ada, { isOnline: false })
    one.setOnline(true)
    await untilSettled(one)
    const { messages } = await until(other, (snapshot) => snapshot.messages.length === 9)
    expect(messages.map(({ record }) => record.content)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '5',
      '6',
      '7',
      '8',
      '9',
    ])
    const refused = one.handle.snapshot().messages[4]
    expect(refused?.record.content).toHaveLength(MAX_CONTENT_LENGTH + 1)
    expect(refused?.delivery).toMatchObject({
      state: 'refused',
      refusal: { code: 'content_too_long' },
    })

    // It is still there after a reload, and gone only when it is given up.
    one = await reload(one, ada)
    await until(one, (snapshot) => snapshot.messages.length === 10)
    const again = one.handle.snapshot().messages[4]
    if (again?.delivery.state === 'refused') one.handle.discard(again.delivery.outboxId)
    await until(one, (snapshot) => snapshot.messages.length === 9)
  },
)

test.for(['PUBLIC', 'PRIVATE'] as const)(
  'P5 what was typed while being removed from a %s channel is kept with the reason, and can be sent later',
  async (type) => {
    const slug = `closing-${type.toLowerCase()}-${count}`
    const channel = await server.createChannel(ada, { name: 'C', slug, type })
    const members = `/api/channels/${channel.id}/members`
    await ada.request('POST', members, { userId: ben.userId })
    conversation = { kind: 'channel', id: channel.id }
    const [owner, one] = [await open(ada), await open(ben)]
    owner.handle.send({ content: 'before' })
    await until(one, ({ messages }) => messages.length === 1)
    one.setOnline(false)
    one.handle.send({ content: 'too late' })
    await ada.request('DELETE', `${members}/${ben.userId}`)
    one.setOnline(true)
    const { messages } = await until(one, (snapshot) =>
      snapshot.messages.some(({ delivery }) => delivery.state === 'refused'),
    )
    const code = type === 'PUBLIC' ? 'not_member' : 'not_found'
    const refused = messages.find(({ record }) => record.content === 'too late')
    expect(refused?.delivery).toMatchObject({ state: 'refused', refusal: { code } })
    // What was read before can still be read.
    expect(messages[0]?.record.content).toBe('before')
    expect(screen(owner)).toEqual(['before sent'])

    await ada.request('POST', members, { userId: ben.userId })
    await until(one, ({ phase }) => phase === 'ready')
    if (refused?.delivery.state === 'refused') one.handle.retry(refused.delivery.outboxId)
    await untilSettled(one)
    await until(owner, ({ messages: shown }) => shown.length === 2)
    expect(screen(one)).toEqual(['before sent', 'too late sent'])
  },
)

test('P5 a record that is refused over and over is set aside with its reason, and holds up no other', async () => {
  const other = await open(ben)
  const one = await open(ada)
  await untilSettled(one)
  one.setOnline(false)
  one.handle.send({ content: 'x'.repeat(2 * defaultGuardLimits.maxUpdateBytes) })
  one.handle.send({ content: 'behind it' })
  one.setOnline(true)
  const isRefused = (): boolean =>
    one.handle.snapshot().messages.some(({ delivery }) => delivery.state === 'refused')
  await expect.poll(isRefused, { timeout: 20_000 }).toBe(true)
  const { messages } = one.handle.snapshot()
  expect(messages[0]?.delivery).toMatchObject({ refusal: { code: 'update_too_large' } })
  await expect.poll(() => screen(other), { timeout: 20_000 }).toEqual(['behind it sent'])
  await untilSettled(one)
}, 60_000)

test('P5 a browser that says it lost the network, and has it back, is in step again', async () => {
  const one = await open(ada)
  one.handle.send({ content: 'before' })
  await untilSettled(one)
  announceNetwork(false)
  await expect.poll(() => one.engine.status.snapshot().connection).not.toBe('online')
  announceNetwork(true)
  await untilSettled(one)
  one.handle.send({ content: 'after' })
  await untilSettled(one)
  expect(screen(one)).toEqual(['before sent', 'after sent'])
})
