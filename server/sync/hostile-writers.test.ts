import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Channel } from '../../shared/api/channels.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type OpenDocument, type SyncClient } from '../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let mallory: TestPerson
let channel: Channel
let name: string
let clients: SyncClient[]
let channelCount = 0
const nextId = createIdSequence()
const UPDATES = { capacity: 20, perSecond: 5 }

beforeAll(async () => {
  server = await startTestServer({ limits: { updates: UPDATES } })
  ada = await server.signUp('Ada')
})
afterAll(() => server.close())

beforeEach(async () => {
  channelCount += 1
  // Somebody new in each test: the flood of one test must not limit the next.
  mallory = await server.signUp(`Mallory${channelCount}`)
  channel = await server.createChannel(ada, { name: 'C', slug: `channel-${channelCount}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: mallory.userId })
  name = formatConversationName({ kind: 'channel', id: channel.id })
  clients = []
  return () => clients.forEach((client) => client.close())
})

function join(person: TestPerson, options: { sessionAwareness?: boolean } = {}): SyncClient {
  const client = connect(server, person, options)
  clients.push(client)
  return client
}

const write = (document: Y.Doc, author: TestPerson, content = 'hello'): string => {
  const id = nextId()
  const record = message(author.userId, { content, createdAt: Date.now() })
  rootMap(document, 'messages').set(id, record)
  return id
}

/** Proves that somebody else in the same document reads and writes as ever. */
async function expectUndisturbed(honest: OpenDocument): Promise<void> {
  write(honest.document, ada)
  await honest.durable()
}

test('P2 whatever an attacker tries, the honest client in the same document goes on', async () => {
  const honest = join(ada).open(name)
  await honest.synced
  const target = write(honest.document, ada, 'mine')
  await honest.durable()
  const mine = rootMap(honest.document, 'messages').get(target)
  const attacks: Record<string, (document: Y.Doc) => void> = {
    'not_author: forged author': (document) => void write(document, ada),
    'key_removed: removed key': (document) => rootMap(document, 'messages').delete(target),
    'server_only: meta': (document) => void rootMap(document, 'meta').set('next', 2),
    'unknown_root: another root': (document) => void document.getMap('other').set('a', 1),
    'not_yours: reaction in another’s name': (document) =>
      void rootMap(document, 'reactions').set(`${target}/${ada.userId}/👍`, Date.now()),
    'content_not_allowed: nested type': (document) =>
      void document.getMap('messages').set(nextId(), new Y.Map()),
    'content_not_allowed: text root': (document) => document.getText('messages').insert(0, 'x'),
  }
  for (const [what, attack] of Object.entries(attacks)) {
    const attacker = join(mallory)
    const hostile = attacker.open(name)
    await hostile.synced
    attack(hostile.document)
    const { code } = await hostile.refused
    expect(`${code}: ${what.split(': ')[1]}`).toBe(what)
    attacker.close()
    await expectUndisturbed(honest)
  }
  const copy = join(ada).open(name)
  await copy.synced
  expect(rootMap(copy.document, 'messages').get(target)).toEqual(mine)
  expect([...copy.document.share.keys()]).toEqual(['messages'])
})

test('P2 a clientID belongs to whom it was first seen with', async () => {
  const honest = join(ada).open(name)
  await honest.synced
  write(honest.document, ada)
  await honest.durable()
  const stolen = new Y.Doc()
  stolen.clientID = honest.document.clientID
  Y.applyUpdate(stolen, Y.encodeStateAsUpdate(honest.document))
  stolen.clientID = honest.document.clientID
  write(stolen, mallory)
  expect(await join(mallory).open(name, stolen).refused).toMatchObject({ code: 'client_taken' })
  await expectUndisturbed(honest)
})

test('P2 too many updates a second are refused; one person’s flood is not another’s', async () => {
  const honest = join(ada).open(name)
  const hostile = join(mallory).open(name)
  await Promise.all([honest.synced, hostile.synced])
  for (let count = 0; count <= 2 * UPDATES.capacity; count += 1) write(hostile.document, mallory)
  expect(await hostile.refused).toEqual({ code: 'rate_limited' })
  await expectUndisturbed(honest)
})

test('P2 offline work of any length is one update to the rate limit', async () => {
  const document = new Y.Doc()
  for (let count = 0; count <= 5 * UPDATES.capacity; count += 1) write(document, ada)
  const offline = join(ada).open(name, document)
  await offline.durable()
  expect(rootMap(document, 'messages').size).toBe(5 * UPDATES.capacity + 1)
})

test('P2 a reader may open and echo everything, and write nothing', async () => {
  const honest = join(ada).open(name)
  await honest.synced
  const id = write(honest.document, ada)
  await honest.durable()
  const reader = await server.signUp(`Reader${channelCount}`)
  const echo = new Y.Doc()
  Y.applyUpdate(echo, Y.encodeStateAsUpdate(honest.document))
  const reading = join(reader).open(name, echo)
  await reading.synced
  expect(rootMap(reading.document, 'messages').has(id)).toBe(true)
  write(reading.document, reader)
  expect(await reading.refused).toMatchObject({ code: 'not_member' })
  await expectUndisturbed(honest)
})

test('P2 replaying what is there changes nothing and hurts nobody', async () => {
  const honest = join(ada).open(name)
  await honest.synced
  write(honest.document, ada)
  await honest.durable()
  const replayed = new Y.Doc()
  Y.applyUpdate(replayed, Y.encodeStateAsUpdate(honest.document))
  const replayer = join(mallory).open(name, replayed)
  await replayer.synced
  write(replayed, mallory)
  await replayer.durable()
  await until(honest.document, () => rootMap(honest.document, 'messages').size >= 2)
  expect(rootMap(honest.document, 'messages').size).toBe(2)
})

test('P2 a stock provider without sessions of its own comes back after a refusal', async () => {
  const client = join(mallory, { sessionAwareness: false })
  const bad = client.open(name)
  await bad.synced
  write(bad.document, ada)
  expect(await bad.refused).toMatchObject({ code: 'not_author' })
  bad.provider.destroy()
  const fresh = client.open(name)
  await fresh.synced
  write(fresh.document, mallory)
  await fresh.durable()
})

test('a client is sent the content of a document that was not in memory once', async () => {
  const honest = join(ada).open(name)
  await honest.synced
  write(honest.document, ada, 'x'.repeat(5_000))
  await honest.durable()
  clients.forEach((client) => client.close())
  await server.restart()
  const client = join(ada)
  let received = 0
  client.socket.on('message', ({ data }: { data: Uint8Array | ArrayBuffer }) => {
    received += data.byteLength
  })
  const again = client.open(name)
  await again.synced
  await expectUndisturbed(again)
  expect(received).toBeGreaterThan(5_000)
  expect(received).toBeLessThan(10_000)
})
