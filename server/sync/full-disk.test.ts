import { beforeEach, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { Channel } from '../../shared/api/channels.ts'
import { listMessagesResponseSchema } from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { MAX_CONTENT_LENGTH } from '../../shared/records/message.ts'
import type { MessageId } from '../../shared/ids.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type OpenDocument, type SyncClient } from '../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let other: Channel
let clients: SyncClient[]
const nextId = createIdSequence()
const HUGE = 'x'.repeat(MAX_CONTENT_LENGTH)
/** Enough for the journal's copy of a huge message, not for its row as well. */
const PAGES_FOR_ONE = 5
const UNLIMITED_PAGES = 1_000_000

beforeEach(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'C', slug: 'channel' })
  other = await server.createChannel(ada, { name: 'O', slug: 'other' })
  for (const { id } of [channel, other]) {
    await ada.request('POST', `/api/channels/${id}/members`, { userId: ben.userId })
  }
  clients = []
  return async () => {
    clients.forEach((client) => client.close())
    await server.close()
  }
})

function join(person: TestPerson): SyncClient {
  const client = connect(server, person)
  clients.push(client)
  return client
}

async function openSynced(client: SyncClient, { id }: Channel): Promise<OpenDocument> {
  const opened = client.open(formatConversationName({ kind: 'channel', id }))
  await opened.synced
  return opened
}

/** Lets the store grow by no more than this, as a full disk does; SQLite answers SQLITE_FULL. */
function fillDisk(pagesLeft = 0): void {
  const pages = Number(server.sqlite.pragma('page_count', { simple: true }))
  server.sqlite.pragma(`max_page_count = ${pages + pagesLeft}`)
}

function freeDisk(): void {
  server.sqlite.pragma(`max_page_count = ${UNLIMITED_PAGES}`)
}

function write(document: Y.Doc, { userId }: TestPerson, content = 'hello'): MessageId {
  const id = nextId<MessageId>()
  rootMap(document, 'messages').set(id, message(userId, { content, createdAt: Date.now() }))
  return id
}

/** Writes a message that is on disk, and in the tables only when there is space again. */
async function writeWithoutRow({ document, durable }: OpenDocument): Promise<MessageId> {
  fillDisk(PAGES_FOR_ONE)
  const id = write(document, ada, HUGE)
  await durable()
  expect(await readPage(channel)).toEqual([])
  return id
}

/** Writes until the disk takes no more; answers what was acknowledged and what was refused. */
async function writeUntilRefused(
  { document, durable, refused }: OpenDocument,
  author: TestPerson,
): Promise<{ acknowledged: MessageId[]; rejected: MessageId; code: string }> {
  const acknowledged: MessageId[] = []
  for (;;) {
    const id = write(document, author, HUGE)
    const refusal = await Promise.race([refused, durable()])
    if (refusal !== undefined) return { acknowledged, rejected: id, code: refusal.code }
    acknowledged.push(id)
  }
}

async function readPage({ id }: Channel): Promise<string[]> {
  const response = await ada.request('GET', `/api/channels/${id}/messages?limit=100`)
  const { messages } = listMessagesResponseSchema.parse(await response.json())
  return messages.map((each) => each.id)
}

const idsIn = ({ document }: OpenDocument): string[] => [...rootMap(document, 'messages').keys()]

test('P1 a full disk refuses what it cannot keep, keeps what it acknowledged, and takes more when there is space', async () => {
  const client = join(ada)
  const writer = await openSynced(client, channel)
  const reader = await openSynced(join(ben), channel)
  const before = [write(writer.document, ada), write(writer.document, ada)]
  await writer.durable()
  fillDisk()
  const { acknowledged, rejected, code } = await writeUntilRefused(writer, ada)
  expect(code).toBe('storage_full')
  writer.provider.destroy()

  const kept = [...before, ...acknowledged]
  const fresh = await openSynced(join(ben), channel)
  expect(idsIn(fresh).toSorted()).toEqual(kept.toSorted())
  freeDisk()
  // Rows that found no space follow by themselves.
  await expect.poll(() => readPage(channel)).toEqual(kept)

  const again = await openSynced(client, channel)
  const record = message(ada.userId, { content: HUGE, createdAt: Date.now() })
  rootMap(again.document, 'messages').set(rejected, record)
  await again.durable()
  for (const { document } of [reader, fresh]) {
    await until(document, () => rootMap(document, 'messages').has(rejected))
    expect(rootMap(document, 'messages').size).toBe(kept.length + 1)
  }
  await expect.poll(() => readPage(channel)).toEqual([...kept, rejected])
  clients.forEach((each) => each.close())
  await server.restart()
  expect(idsIn(await openSynced(join(ben), channel)).toSorted()).toEqual(
    [...kept, rejected].toSorted(),
  )
})

test('P1 P3 a message whose row finds no space is acknowledged, and gets its row when there is space', async () => {
  const writer = await openSynced(join(ada), channel)
  const id = await writeWithoutRow(writer)
  freeDisk()
  await expect.poll(() => readPage(channel)).toEqual([id])
})

test('P1 P3 it outlives that everybody leaves and the server stops while the disk is full', async () => {
  const writer = await openSynced(join(ada), channel)
  const id = await writeWithoutRow(writer)
  clients.forEach((client) => client.close())
  expect(idsIn(await openSynced(join(ben), channel))).toEqual([id])
  clients.forEach((client) => client.close())
  await server.restart()
  expect(await readPage(channel)).toEqual([id])
  expect(idsIn(await openSynced(join(ben), channel))).toEqual([id])
})

test('P1 P2 a post that finds the disk full is answered with storage_full, shown to nobody and good later', async () => {
  const reader = await openSynced(join(ben), channel)
  await ada.request('POST', `/api/channels/${channel.id}/messages`, { content: 'before' })
  fillDisk()
  const id = nextId<MessageId>()
  const post = (): Promise<Response> =>
    ada.request('POST', `/api/channels/${channel.id}/messages`, { id, content: HUGE })
  const refused = await post()
  expect(refused.status).toBe(507)
  expect(refused.headers.get('content-type')).toContain('application/problem+json')
  expect(problemSchema.parse(await refused.json()).code).toBe('storage_full')
  expect(await readPage(channel)).toHaveLength(1)
  expect(idsIn(await openSynced(join(ada), channel))).toHaveLength(1)
  expect(idsIn(reader)).not.toContain(id)

  freeDisk()
  expect((await post()).status).toBe(201)
  await until(reader.document, () => rootMap(reader.document, 'messages').has(id))
  expect(await readPage(channel)).toContain(id)
})

test('P1 while the disk is full, everything can be read, and a write that fits is not refused for its neighbour', async () => {
  const client = join(ada)
  const large = await openSynced(client, channel)
  const small = await openSynced(client, other)
  const reader = await openSynced(join(ben), other)
  write(large.document, ada)
  const first = write(small.document, ada)
  await Promise.all([large.durable(), small.durable()])
  fillDisk()

  // Sent in one turn, so that both are in one transaction.
  write(large.document, ada, HUGE)
  const second = write(small.document, ada)
  expect(await large.refused).toEqual({ code: 'storage_full' })
  await small.durable()
  await until(reader.document, () => rootMap(reader.document, 'messages').has(second))
  expect(idsIn(await openSynced(join(ben), other)).toSorted()).toEqual([first, second])
  await expect.poll(() => readPage(other)).toEqual([first, second])
  const opened = await ben.request('GET', '/api/channels')
  expect(opened.status).toBe(200)
})
