import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../../shared/document/layout.ts'
import { formatConversationName } from '../../../shared/document/names.ts'
import { createIdSequence, message } from '../../../shared/testing/updates.ts'
import { openPlainClient, type PlainClient } from '../../testing/plain-client.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { connect } from '../../testing/sync-client.ts'
import { withinASecond } from '../../testing/within-a-second.ts'
import { encodeAwareness, type AwarenessEntry } from './awareness-update.ts'
import { awarenessFrame } from './plain-frames.ts'

let server: TestServer
let ada: TestPerson
let mallory: TestPerson
let name: string
let channelCount = 0
const clients: PlainClient[] = []
const nextId = createIdSequence()

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  mallory = await server.signUp('Mallory')
})
afterAll(() => server.close())

beforeEach(async () => {
  channelCount += 1
  const made = await server.createChannel(ada, { name: 'C', slug: `channel-${channelCount}` })
  await ada.request('POST', `/api/channels/${made.id}/members`, { userId: mallory.userId })
  name = formatConversationName({ kind: 'channel', id: made.id })
})
afterEach(() => {
  for (const { provider } of clients.splice(0)) provider.destroy()
})

async function open(person: TestPerson, document = new Y.Doc()): Promise<PlainClient> {
  const client = openPlainClient(server, name, person, { document })
  clients.push(client)
  await client.synced
  return client
}

const heard = ({ provider }: PlainClient, of: PlainClient): unknown =>
  provider.awareness.getStates().get(of.document.clientID)

function say({ provider }: PlainClient, entries: AwarenessEntry[]): void {
  provider.ws?.send(awarenessFrame(encodeAwareness(entries)))
}

test('clients of a document see each other, with the person whom the server knows', async () => {
  const [one, other] = [await open(ada), await open(mallory)]
  one.provider.awareness.setLocalState({ name: 'Ada', userId: mallory.userId })
  await expect.poll(() => heard(other, one)).toEqual({ name: 'Ada', userId: ada.userId })
  const late = await open(mallory)
  await expect.poll(() => heard(late, one)).toEqual({ name: 'Ada', userId: ada.userId })
  one.provider.disconnect()
  await expect.poll(() => heard(other, one)).toBeUndefined()
})

test('a connection that breaks takes back what it said', async () => {
  const [one, other] = [await open(ada), await open(mallory)]
  one.provider.awareness.setLocalState({ name: 'Ada' })
  await expect.poll(() => heard(other, one)).toBeDefined()
  one.provider.shouldConnect = false
  one.provider.ws?.close()
  await expect.poll(() => heard(other, one)).toBeUndefined()
})

test('P2.10 nobody speaks for a clientID that somebody else uses or has written under', async () => {
  const [writer, silent, observer] = [await open(ada), await open(ada), await open(ada)]
  const attacker = await open(mallory)
  const record = message(ada.userId, { createdAt: Date.now() })
  rootMap(writer.document, 'messages').set(nextId(), record)
  silent.provider.awareness.setLocalState({ name: 'Ada' })
  await expect.poll(() => heard(attacker, silent)).toBeDefined()
  await expect.poll(() => rootMap(attacker.document, 'messages').size).toBe(1)

  const forged = { name: 'forged' }
  const [written, used] = [writer.document.clientID, silent.document.clientID]
  say(attacker, [
    { clientId: written, clock: 1_000, state: forged },
    { clientId: used, clock: 1_000, state: null },
    { clientId: 77, clock: 1, state: { name: 'my own' } },
  ])
  // What was said last has come through, so what was said before it would have.
  await expect
    .poll(() => observer.provider.awareness.getStates().get(77))
    .toEqual({ name: 'my own', userId: mallory.userId })
  expect(JSON.stringify([...observer.provider.awareness.getStates()])).not.toContain('forged')
  expect(heard(observer, silent)).toEqual({ name: 'Ada', userId: ada.userId })

  // A clientID stays its person's while that person is away.
  silent.provider.disconnect()
  await expect.poll(() => heard(observer, silent)).toBeUndefined()
  say(attacker, [
    { clientId: used, clock: 2_000, state: forged },
    { clientId: 77, clock: 2, state: { name: 'again' } },
  ])
  await expect
    .poll(() => observer.provider.awareness.getStates().get(77))
    .toEqual({ name: 'again', userId: mallory.userId })
  expect(heard(observer, silent)).toBeUndefined()
})

test('a connection speaks for a few clientIDs, and briefly', async () => {
  const [one, observer] = [await open(mallory), await open(ada)]
  const many = Array.from({ length: 50 }, (_, index) => ({
    clientId: 100 + index,
    clock: 1,
    state: { index },
  }))
  say(one, [{ clientId: 99, clock: 1, state: { long: 'x'.repeat(10_000) } }])
  say(one, many)
  const states = observer.provider.awareness.getStates()
  await expect.poll(() => states.has(100)).toBe(true)
  expect([...states.keys()].filter((clientId) => clientId < 200).length).toBeLessThanOrEqual(4)
  expect(states.has(99)).toBe(false)
})

test('P7 who was removed is neither heard nor told any more', async () => {
  const made = await server.createChannel(ada, {
    name: 'P',
    slug: `private-${channelCount}`,
    type: 'PRIVATE',
  })
  await ada.request('POST', `/api/channels/${made.id}/members`, { userId: mallory.userId })
  name = formatConversationName({ kind: 'channel', id: made.id })
  const [one, removed] = [await open(ada), await open(mallory)]
  removed.provider.awareness.setLocalState({ name: 'Mallory' })
  await expect.poll(() => heard(one, removed)).toBeDefined()
  const ended = withinASecond(removed.closed)
  await ada.request('DELETE', `/api/channels/${made.id}/members/${mallory.userId}`)
  expect(await ended).toMatchObject({ code: 4403 })
  await expect.poll(() => heard(one, removed)).toBeUndefined()
})

test('browsers hear nothing of it and say nothing in it', async () => {
  const browser = connect(server, ada)
  const opened = browser.open(name)
  await opened.synced
  const frames: number[] = []
  browser.socket.webSocket?.addEventListener('message', (event: { data: ArrayBuffer }) => {
    // The kind stands behind the document's name.
    const bytes = new Uint8Array(event.data)
    const addressLength = bytes[0] ?? 0
    frames.push(bytes[addressLength + 1] ?? -1)
  })
  const [one, other] = [await open(ada), await open(mallory)]
  one.provider.awareness.setLocalState({ name: 'Ada' })
  await expect.poll(() => heard(other, one)).toBeDefined()
  const record = message(ada.userId, { createdAt: Date.now() })
  rootMap(one.document, 'messages').set(nextId(), record)
  await expect.poll(() => frames).toContain(0)
  expect(frames).not.toContain(1)
  browser.close()
})
