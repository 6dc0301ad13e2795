import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { messageRecordSchema, type LiveMessage } from '../../shared/records/message.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { verify } from '../admin/verify.ts'
import { createJournal } from '../journal/journal.ts'
import { createLoadDocument } from '../journal/load-document.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type SyncClient } from '../testing/sync-client.ts'

const MAX_MESSAGES = 5
const MAX_CLIENTS = 8
let server: TestServer
let ada: TestPerson
let conversation: Conversation
let client: SyncClient
let count = 0
const nextId = createIdSequence()

beforeAll(async () => {
  const segments = { maxMessages: MAX_MESSAGES, maxClients: MAX_CLIENTS }
  server = await startTestServer({ limits: { segments } })
  ada = await server.signUp('Ada')
})
afterAll(() => server.close())
beforeEach(async () => {
  count += 1
  const channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  conversation = { kind: 'channel', id: channel.id }
  client = connect(server, ada)
  return () => client.close()
})

const nameOf = (segment: number): string => formatConversationName(conversation, segment)

async function post(content: string): Promise<void> {
  const path = `/api/channels/${conversation.id}/messages`
  expect((await ada.request('POST', path, { content })).status).toBe(201)
}

const write = (author: TestPerson, content: string): LiveMessage =>
  message(author.userId, { content, createdAt: Date.now() })

/** Opens a segment once the server has made it. */
async function openSegment(segment: number) {
  const opened = client.open(nameOf(segment))
  await opened.synced
  return opened
}

function places(): { content: string; segment: number }[] {
  return server.sqlite
    .prepare<[string], { content: string; segment: number }>(
      'SELECT content, segment FROM messages WHERE channel_id = ? ORDER BY created_at, id',
    )
    .all(conversation.id)
}

function differences(): unknown[] {
  const journal = createJournal({ sqlite: server.sqlite, now: Date.now, randomClientId: () => 1 })
  return verify(server.sqlite, createLoadDocument(server.sqlite, journal))
}

test('P4 a full segment is followed by the next, which posts go to, and the chain can be walked', async () => {
  const first = await openSegment(1)
  for (let index = 0; index < MAX_MESSAGES; index += 1) await post(`${index}`)
  await until(first.document, () => rootMap(first.document, 'meta').get('next') === 2)
  const second = await openSegment(2)
  expect(Object.fromEntries(rootMap(second.document, 'meta'))).toEqual({ segment: 2, previous: 1 })
  await post('first of the second')
  await until(second.document, () => rootMap(second.document, 'messages').size === 1)
  expect(places().map(({ segment }) => segment)).toEqual([1, 1, 1, 1, 1, 2])
  await expect.poll(differences).toEqual([])
})

test('P4 too many devices make a segment full as well', async () => {
  const first = await openSegment(1)
  for (let device = 0; device < MAX_CLIENTS; device += 1) {
    const other = connect(server, ada)
    const { document, synced, durable } = other.open(nameOf(1))
    await synced
    const messages = rootMap(document, 'messages')
    if (device === 0) messages.set(nextId(), message(ada.userId, { createdAt: Date.now() }))
    else {
      const [id, record] = [...messages][0] ?? []
      const before = messageRecordSchema.parse(record)
      messages.set(String(id), { ...before, content: `${device}`, version: before.version + 1 })
    }
    await durable()
    other.close()
  }
  await until(first.document, () => rootMap(first.document, 'meta').get('next') === 2)
  expect(rootMap(first.document, 'messages').size).toBe(1)
})

test('P6 a segment that has a successor still takes late messages, edits and reactions', async () => {
  const first = await openSegment(1)
  for (let index = 0; index < MAX_MESSAGES; index += 1) await post(`${index}`)
  await until(first.document, () => rootMap(first.document, 'meta').has('next'))
  const late = nextId<string>()
  rootMap(first.document, 'messages').set(late, write(ada, 'late'))
  rootMap(first.document, 'reactions').set(`${late}/${ada.userId}/👍`, Date.now())
  await first.durable()
  await expect.poll(() => places().find(({ content }) => content === 'late')?.segment).toBe(1)
  await expect.poll(differences).toEqual([])
})

test('P2 a message’s id that another segment has is refused, before and after its row is written', async () => {
  const first = await openSegment(1)
  const taken = nextId<string>()
  rootMap(first.document, 'messages').set(taken, write(ada, 'mine'))
  for (let index = 1; index < MAX_MESSAGES; index += 1) await post(`${index}`)
  await until(first.document, () => rootMap(first.document, 'meta').has('next'))
  const mallory = await server.signUp(`Mallory${count}`)
  await ada.request('POST', `/api/channels/${conversation.id}/members`, { userId: mallory.userId })
  const hostile = connect(server, mallory)
  const second = hostile.open(nameOf(2))
  await second.synced
  rootMap(second.document, 'messages').set(taken, write(mallory, 'stolen'))
  expect(await second.refused).toMatchObject({ code: 'already_exists', key: taken })
  hostile.close()
  expect(places().filter(({ content }) => content === 'stolen')).toEqual([])

  // Both at once: one of them wins, and there is one row.
  const fresh = nextId<string>()
  const [one, two] = [await openSegment(1), await openSegment(2)]
  rootMap(one.document, 'messages').set(fresh, write(ada, 'twin'))
  rootMap(two.document, 'messages').set(fresh, write(ada, 'twin'))
  await Promise.race([one.refused, two.refused])
  await expect.poll(() => places().filter(({ content }) => content === 'twin').length).toBe(1)
  await expect.poll(differences).toEqual([])
})

test('P2 nobody opens a segment that rolling did not make', async () => {
  expect(await client.open(nameOf(2)).refused).toEqual({ code: 'not_found' })
})

test('P1 a segment that nobody was told of, after a crash between two writes, is told of later', async () => {
  const insert = server.sqlite.prepare(
    'INSERT INTO documents (name, server_client_id, created_at) VALUES (?, ?, ?)',
  )
  insert.run(nameOf(1), 1, Date.now())
  insert.run(nameOf(2), 2, Date.now())
  const first = await openSegment(1)
  await until(first.document, () => rootMap(first.document, 'meta').get('next') === 2)
  const second = await openSegment(2)
  expect(Object.fromEntries(rootMap(second.document, 'meta'))).toEqual({ segment: 2, previous: 1 })
})
