import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import type { Channel } from '../../../shared/api/channels.ts'
import { rootMap } from '../../../shared/document/layout.ts'
import { formatConversationName } from '../../../shared/document/names.ts'
import { createIdSequence, message } from '../../../shared/testing/updates.ts'
import { openPlainClient, type PlainClient } from '../../testing/plain-client.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { until } from '../../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let name: string
let channelCount = 0
const clients: PlainClient[] = []
const nextId = createIdSequence()
const MAX_FRAME = 400_000
const MAX_DOCUMENTS = 40

beforeAll(async () => {
  // Each provider listens for the end of the process.
  process.setMaxListeners(100)
  server = await startTestServer({
    limits: {
      ...{ maxFrameBytes: MAX_FRAME, maxBufferedBytes: 2_000_000 },
      ...{ connectionsPerPerson: 2, plainConnectionsPerPerson: MAX_DOCUMENTS },
      updates: { capacity: 10_000, perSecond: 10_000 },
    },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

beforeEach(async () => {
  channelCount += 1
  channel = await server.createChannel(ada, { name: 'C', slug: `channel-${channelCount}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  name = formatConversationName({ kind: 'channel', id: channel.id })
})
afterEach(() => {
  for (const { provider } of clients.splice(0)) provider.destroy()
})

function open(person: TestPerson, document = new Y.Doc(), documentName = name): PlainClient {
  const client = openPlainClient(server, documentName, person, { document })
  clients.push(client)
  return client
}

function write(document: Y.Doc, author: TestPerson, content = 'Hello'): string {
  const id = nextId()
  rootMap(document, 'messages').set(id, message(author.userId, { content, createdAt: Date.now() }))
  return id
}

const has = ({ document }: PlainClient, id: string): boolean =>
  rootMap(document, 'messages').has(id)

async function expectWritable(writer: PlainClient, person: TestPerson): Promise<void> {
  const other = open(person)
  await other.synced
  const id = write(writer.document, person)
  await until(other.document, () => has(other, id))
}

test('P2.12 a frame that is too large is refused with a code and a reason, and not sent again', async () => {
  const honest = open(ada)
  await honest.synced
  const document = new Y.Doc()
  document.transact(() => {
    for (let index = 0; index < 400; index += 1) write(document, ben, 'x'.repeat(15_000))
  })
  const huge = open(ben, document)
  expect(await huge.closed).toEqual({ code: 4400, refusal: { code: 'update_too_large' } })
  expect(huge.provider.shouldConnect).toBe(false)
  await expectWritable(honest, ada)
})

test('a message of a kind that nobody knows is passed over', async () => {
  const client = open(ada)
  await client.synced
  for (const kind of [4, 77, 127]) client.provider.ws?.send(Uint8Array.of(kind, 1, 2, 3))
  await expectWritable(client, ada)
  expect(client.provider.wsconnected).toBe(true)
})

test('P2.11 a message that cannot be read closes its connection with a code and a reason', async () => {
  const honest = open(ada)
  await honest.synced
  for (const frame of [[0, 2, 200], [0, 9, 1, 0], [], [0, 2, 3, 1, 1, 1]]) {
    const broken = open(ben)
    await broken.synced
    broken.provider.ws?.send(Uint8Array.from(frame))
    expect(await broken.closed).toEqual({ code: 4400, refusal: { code: 'malformed_update' } })
  }
  await expectWritable(honest, ada)
})

test('a person has as many documents open as there is room for, whatever their browsers hold', async () => {
  const names = [name]
  while (names.length < MAX_DOCUMENTS) {
    channelCount += 1
    const made = await server.createChannel(ben, { name: 'C', slug: `channel-${channelCount}` })
    names.push(formatConversationName({ kind: 'channel', id: made.id }))
  }
  const opened = names.map((each) => open(ben, new Y.Doc(), each))
  await Promise.all(opened.map(({ synced }) => synced))
  expect(opened.every(({ provider }) => provider.wsconnected)).toBe(true)
  const next = open(ben)
  const many = { code: 4503, refusal: { code: 'too_many_connections' } }
  expect(await next.closed).toMatchObject(many)
  opened[0]?.provider.destroy()
  // By itself, now that there is room.
  await next.synced
})

test('a reader who falls far behind is cut off, and comes back to all of it', async () => {
  const honest = open(ada)
  await honest.synced
  const slow = new WebSocket(`${server.url.replace('http', 'ws')}/yjs/${name}`, {
    headers: { cookie: ben.cookie, origin: server.url },
  })
  await once(slow, 'open')
  const closed = once(slow, 'close')
  slow.pause()
  const other = open(ada)
  await other.synced
  let last = ''
  // More than the buffers of any system take.
  for (let round = 0; round < 60; round += 1) {
    honest.document.transact(() => {
      for (let index = 0; index < 20; index += 1)
        last = write(honest.document, ada, 'x'.repeat(15_000))
    })
    const id = last
    await until(other.document, () => has(other, id))
  }
  slow.resume()
  expect((await closed)[0]).toBe(1006)
  const again = open(ben)
  await again.synced
  expect(has(again, last)).toBe(true)
})

test('P6 two devices of one person agree, also where both write at once', async () => {
  const [one, other] = [open(ben), open(ben)]
  await Promise.all([one.synced, other.synced])
  const ids = [one, other, one, other].map(({ document }, index) =>
    write(document, ben, `${index}`),
  )
  for (const client of [one, other]) {
    await until(client.document, () => ids.every((id) => has(client, id)))
  }
  expect(rootMap(one.document, 'messages').toJSON()).toEqual(
    rootMap(other.document, 'messages').toJSON(),
  )
})
