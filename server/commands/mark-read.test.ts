import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { channelSchema, type Channel } from '../../shared/api/channels.ts'
import { dmSchema, listDmsResponseSchema, type Dm } from '../../shared/api/dms.ts'
import { messageSchema, type Message } from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { MAX_UNREAD, readingSchema, type Reading } from '../../shared/api/reading.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { notificationsOf } from '../testing/notified-people.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'

const HOUR_MS = 3_600_000
const nothing = { unreadCount: 0, mentionCount: 0 }
const nextId = createIdSequence()

let server: TestServer
let ada: TestPerson
let ben: TestPerson
/** Where Ada and Ben talk, below `/api`; a fresh channel for each test. */
let path: string
let channel: Channel
let channels = 0

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

beforeEach(async () => {
  channels += 1
  channel = await server.createChannel(ada, { name: 'Room', slug: `room-${channels}` })
  path = `/api/channels/${channel.id}`
  await post('written before Ben came', ada)
  await ben.request('POST', `${path}/members`, { userId: ben.userId })
})

async function post(content: string, by: TestPerson, more: object = {}): Promise<Message> {
  const response = await by.request('POST', `${path}/messages`, { content, ...more })
  return messageSchema.parse(await response.json())
}

async function mark(how: 'read' | 'unread', by: TestPerson, { id }: Message): Promise<Reading> {
  const response = await by.request('POST', `${path}/${how}`, { messageId: id })
  return readingSchema.parse(await response.json())
}

async function readingOf(person: TestPerson): Promise<Reading> {
  const shown = channelSchema.parse(await (await person.request('GET', path)).json())
  const { lastReadMessageId, unreadCount, mentionCount } = shown
  return { lastReadMessageId, unreadCount, mentionCount }
}

async function codeOf(response: Response): Promise<string> {
  return problemSchema.parse(await response.json()).code
}

test('who comes into a channel has read what is there; what arrives is unread for the others', async () => {
  expect(await readingOf(ben)).toMatchObject(nothing)
  const first = await post('one', ada)
  await post('two', ada)
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 2, mentionCount: 0 })
  expect((await readingOf(ada)).unreadCount).toBe(0)
  expect(await mark('read', ben, first)).toEqual({
    ...{ lastReadMessageId: first.id, unreadCount: 1, mentionCount: 0 },
  })
})

test('lists tell what was said last, if it was not deleted', async () => {
  const long = '🦉'.repeat(300)
  await post(long, ada)
  const shown = async () =>
    channelSchema.parse(await (await ben.request('GET', path)).json()).lastMessage
  expect(await shown()).toMatchObject({ authorId: ada.userId, content: '🦉'.repeat(200) })
  const last = await post('oops', ben)
  expect(await shown()).toMatchObject({ authorId: ben.userId, content: 'oops', type: 'TEXT' })
  await ben.request('DELETE', `${path}/messages/${last.id}`)
  expect(await shown()).toMatchObject({ authorId: ada.userId })
  const empty = await server.createChannel(ada, { name: 'New', slug: 'new' })
  expect(empty.lastMessage).toBeNull()
})

test('a mark never moves back by reading, and does when one says so', async () => {
  const one = await post('one', ada)
  const two = await post('two', ada)
  await post('three', ada)
  expect((await mark('read', ben, two)).unreadCount).toBe(1)
  expect(await mark('read', ben, one)).toMatchObject({ lastReadMessageId: two.id, unreadCount: 1 })
  expect(await mark('unread', ben, two)).toMatchObject({
    lastReadMessageId: one.id,
    unreadCount: 2,
  })
  expect((await mark('read', ben, two)).unreadCount).toBe(1)
})

test('marking the very first message unread leaves nothing read', async () => {
  const started = await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })
  path = `/api/dm/${dmSchema.parse(await started.json()).id}`
  const first = await post('hello', ada)
  await post('there', ada)
  await mark('read', ben, first)
  expect(await mark('unread', ben, first)).toEqual({
    ...{ lastReadMessageId: null, unreadCount: 2, mentionCount: 0 },
  })
  const { dms } = listDmsResponseSchema.parse(await (await ben.request('GET', '/api/dm')).json())
  expect(dms.map(({ unreadCount }) => unreadCount)).toEqual([2])
})

test('what was written offline long ago is unread when it arrives', async () => {
  const last = await post('read by Ben', ada)
  await mark('read', ben, last)
  const client = connect(server, ada)
  const open = client.open(formatConversationName({ kind: 'channel', id: channel.id }))
  await open.synced
  const createdAt = last.createdAt - HOUR_MS
  rootMap(open.document, 'messages').set(nextId(), message(ada.userId, { createdAt }))
  await open.durable()
  await expect.poll(async () => (await readingOf(ben)).unreadCount).toBe(1)
  client.close()
})

test("one's own messages, deleted ones and replies are not unread; a reply that mentions one is told", async () => {
  await post('mine', ben)
  const gone = await post(`<@${ben.userId}>`, ada)
  await ada.request('DELETE', `${path}/messages/${gone.id}`)
  const parent = await post('topic', ada)
  await post('a reply', ada, { parentId: parent.id })
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 1, mentionCount: 0 })
  const reply = await post(`<@${ben.userId}>, what do you think?`, ada, { parentId: parent.id })
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 1, mentionCount: 1 })
  expect(await mark('read', ben, reply)).toMatchObject(nothing)
})

test('mentions of one, of the channel and of those who are here are counted, others are not', async () => {
  for (const whom of [ben.userId, 'channel', 'here', ada.userId, 'everybody']) {
    await post(`hello <@${whom}>`, ada)
  }
  // As with what notifies: a name in code is none.
  await post(`write \`<@${ben.userId}>\` to call Ben, \`<@channel>\` for all`, ada)
  await post('<@here>, says Ben', ben)
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 6, mentionCount: 3 })
  expect(await readingOf(ada)).toMatchObject({ unreadCount: 1, mentionCount: 1 })
})

test('edits and deletions change what is counted, in channels and DMs alike', async () => {
  const started = await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })
  for (const where of [path, `/api/dm/${dmSchema.parse(await started.json()).id}`]) {
    path = where
    const counts = async (): Promise<unknown> => {
      const { unreadCount, mentionCount } = readingSchema
        .loose()
        .parse(await (await ben.request('GET', path)).json())
      return [unreadCount, mentionCount]
    }
    await mark('read', ben, await post('the end', ada))
    const one = await post('one', ada)
    const edit = (content: string): Promise<Response> =>
      ada.request('PATCH', `${path}/messages/${one.id}`, { content })
    expect(await counts()).toEqual([1, 0])
    await edit(`one, <@${ben.userId}>`)
    expect(await counts()).toEqual([1, 1])
    await edit('one again')
    expect(await counts()).toEqual([1, 0])
    const reply = await post(`<@${ben.userId}>`, ada, { parentId: one.id, replyToId: one.id })
    expect(await counts()).toEqual([1, 1])
    await ada.request('DELETE', `${path}/messages/${reply.id}`)
    expect(await counts()).toEqual([1, 0])
    await ada.request('DELETE', `${path}/messages/${one.id}`)
    expect(await counts()).toEqual([0, 0])
    // What was read and is edited afterwards stays read.
    const two = await post('two', ada)
    await mark('read', ben, two)
    await ada.request('PATCH', `${path}/messages/${two.id}`, { content: `<@${ben.userId}>` })
    expect(await counts()).toEqual([0, 0])
    await mark('unread', ben, two)
    expect(await counts()).toEqual([1, 1])
  }
})

test('a mention that was written offline long ago is counted when it arrives, in its thread, too', async () => {
  const parent = await post('topic', ada)
  await mark('read', ben, parent)
  const client = connect(server, ada)
  const open = client.open(formatConversationName({ kind: 'channel', id: channel.id }))
  await open.synced
  const createdAt = parent.createdAt - HOUR_MS
  const content = `<@${ben.userId}>`
  for (const more of [{}, { parentId: parent.id }]) {
    const record = message(ada.userId, { createdAt, content, ...more })
    rootMap(open.document, 'messages').set(nextId(), record)
  }
  await open.durable()
  await expect.poll(() => readingOf(ben)).toMatchObject({ unreadCount: 1, mentionCount: 2 })
  client.close()
})

test('counts end at their limit, and begin with what arrived last', async () => {
  const { sqlite } = server
  const insert = sqlite.prepare(
    `INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
     VALUES (?, ?, ?, 'old', 'TEXT', 1, 1, ?)`,
  )
  const time = Date.now() + HOUR_MS
  sqlite.transaction(() => {
    for (let index = 0; index <= MAX_UNREAD; index += 1) {
      insert.run(channel.id, nextId(), ada.userId, time + index)
    }
  })()
  expect((await readingOf(ben)).unreadCount).toBe(MAX_UNREAD)
  sqlite
    .prepare(
      `INSERT INTO mentions (conversation_id, message_id, user_id)
       SELECT channel_id, id, ? FROM messages WHERE channel_id = ? AND received_at IN (?, ?)`,
    )
    .run(ben.userId, channel.id, time + MAX_UNREAD, time)
  expect((await readingOf(ben)).mentionCount).toBe(1)
})

test('what is edited or deleted counts as it stands, whatever was read before', async () => {
  const first = await post('one', ada)
  const second = await post('two', ada)
  const third = await post(`three <@${ben.userId}>`, ada)
  await mark('read', ben, second)
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 1, mentionCount: 1 })
  // The message at the mark goes, and one before it: what was read stays read.
  for (const { id } of [second, first]) await ada.request('DELETE', `${path}/messages/${id}`)
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 1, mentionCount: 1 })
  await ada.request('PATCH', `${path}/messages/${third.id}`, { content: 'three' })
  expect(await readingOf(ben)).toMatchObject({ unreadCount: 1, mentionCount: 0 })
  expect(await mark('unread', ben, third)).toMatchObject({ unreadCount: 1 })
  await ada.request('DELETE', `${path}/messages/${third.id}`)
  expect(await readingOf(ben)).toMatchObject(nothing)
})

test('P11.5 what one was notified of counts no more once it is deleted or out of reach, and one hears so', async () => {
  const name = { name: 'Secret', slug: `secret-${channels}`, type: 'PRIVATE' } as const
  path = `/api/channels/${(await server.createChannel(ada, name)).id}`
  await ada.request('POST', `${path}/members`, { userId: ben.userId })
  const client = connect(server, ben)
  const own = client.open(formatUserDocumentName(ben.userId))
  await own.synced
  const before = (await notificationsOf(ben)).unreadCount
  const told = (): number =>
    own.messages.filter((each) => each.type === 'event' && each.event.topic === 'notifications')
      .length
  const gone = await post(`<@${ben.userId}> one`, ada)
  await post(`<@${ben.userId}> two`, ada)
  await expect.poll(told).toBe(2)
  expect((await notificationsOf(ben)).unreadCount).toBe(before + 2)
  await ada.request('DELETE', `${path}/messages/${gone.id}`)
  await expect.poll(told).toBe(3)
  expect((await notificationsOf(ben)).unreadCount).toBe(before + 1)
  await ada.request('DELETE', `${path}/members/${ben.userId}`)
  await expect.poll(told).toBe(4)
  expect((await notificationsOf(ben)).unreadCount).toBe(before)
  client.close()
})

test('who left and comes back begins anew', async () => {
  await post('one', ada)
  await ben.request('DELETE', `${path}/members/${ben.userId}`)
  expect(await readingOf(ben)).toEqual({ lastReadMessageId: null, ...nothing })
  const missed = await post('two', ada)
  await ben.request('POST', `${path}/members`, { userId: ben.userId })
  expect(await readingOf(ben)).toEqual({ lastReadMessageId: missed.id, ...nothing })
})

test("one's other devices hear that one has read, and nobody else does", async () => {
  const people = [ada, ben].map((person) => {
    const client = connect(server, person)
    return { client, open: client.open(formatUserDocumentName(person.userId)) }
  })
  const [adas, bens] = people
  await Promise.all(people.map(({ open }) => open.synced))
  const reads = (device: typeof adas) =>
    device?.open.messages.filter((each) => each.type === 'event' && each.event.topic === 'reads')
  const one = await post('one', ada)
  await mark('read', ben, one)
  await expect.poll(() => reads(bens)).toHaveLength(1)
  expect(reads(bens)?.[0]).toMatchObject({ event: { conversationId: channel.id } })
  // Nothing moves, so there is nothing to tell.
  await mark('read', ben, one)
  await mark('unread', ben, one)
  await expect.poll(() => reads(bens)).toHaveLength(2)
  expect(reads(adas)).toEqual([])
  for (const { client } of people) client.close()
})

test('P11.12 reading a conversation reads what notified of its messages, and a thread what notified of its replies', async () => {
  const device = connect(server, ben)
  const own = device.open(formatUserDocumentName(ben.userId))
  await own.synced
  await ben.request('PATCH', `/api/users/${ben.userId}/preferences`, { notifyReactions: true })
  const naming = `<@${ben.userId}>`
  const bens = await post('my own', ben)
  await ada.request('POST', `${path}/messages/${bens.id}/reactions`, { emoji: '👍' })
  const first = await post(`${naming} one`, ada)
  const reply = await post(`${naming} in a thread`, ada, { parentId: first.id })
  const elsewhere = await post('another thread', ada)
  await post(`${naming} in it`, ada, { parentId: elsewhere.id })
  const last = await post('the end', ada)
  await post(`${naming} later`, ada)
  const unread = async (): Promise<string[]> =>
    (await notificationsOf(ben, '?unreadOnly=true')).notifications
      .filter(({ conversation }) => conversation.id === channel.id)
      .map(({ excerpt }) => excerpt.replace(`${naming} `, ''))
  const events = () =>
    own.messages.filter((each) => each.type === 'event' && each.event.topic === 'notifications')
  expect(await unread()).toEqual(['later', 'in it', 'in a thread', 'one', 'my own'])
  await expect.poll(() => events().length).toBeGreaterThanOrEqual(5)
  const told = events().length
  await mark('read', ben, last)
  expect(await unread()).toEqual(['later', 'in it', 'in a thread', 'my own'])
  await expect.poll(() => events().length).toBeGreaterThan(told)
  await mark('read', ben, reply)
  expect(await unread()).toEqual(['later', 'in it', 'my own'])
  // Ada was notified of nothing, and nothing of hers was read.
  await mark('read', ada, last)
  expect(await unread()).toEqual(['later', 'in it', 'my own'])
  device.close()
})

test('only who is in a channel has a mark in it, and only on its messages', async () => {
  const eve = await server.signUp('Eve')
  const one = await post('one', ada)
  const read = async (by: TestPerson, messageId: string): Promise<string> =>
    codeOf(await by.request('POST', `${path}/read`, { messageId }))
  expect(await read(eve, one.id)).toBe('not_member')
  expect(await read(ben, channel.id)).toBe('unknown_message')
  const hidden = await server.createChannel(ada, { name: 'H', slug: 'hidden', type: 'PRIVATE' })
  path = `/api/channels/${hidden.id}`
  expect(await read(ben, one.id)).toBe('not_found')
})

test('a thread that was put aside comes back with the next message', async () => {
  const started = await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })
  const { id } = dmSchema.parse(await started.json())
  path = `/api/dm/${id}`
  const patch = async (body: object): Promise<Dm> =>
    dmSchema.parse(await (await ben.request('PATCH', path, body)).json())
  expect(await patch({ archived: true, muted: true, notifyLevel: 'ALL' })).toMatchObject({
    ...{ archivedAt: expect.any(Number), muted: true, notifyLevel: 'ALL' },
  })
  expect(await patch({ notifyLevel: null })).toMatchObject({ muted: true, notifyLevel: null })
  expect((await patch({})).archivedAt).not.toBeNull()
  await expect
    .poll(async () => {
      await post('news', ada)
      return (await patch({})).archivedAt
    })
    .toBeNull()
  expect((await patch({ archived: true })).archivedAt).not.toBeNull()
  expect((await patch({ archived: false })).archivedAt).toBeNull()
  const adas = dmSchema.parse(await (await ada.request('GET', path)).json())
  expect(adas).toMatchObject({ muted: false, notifyLevel: null, archivedAt: null })
})
