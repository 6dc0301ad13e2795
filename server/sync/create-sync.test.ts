import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import type { Channel } from '../../shared/api/channels.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { openDatabase } from '../database/open-database.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type SyncClient } from '../testing/sync-client.ts'
import { withinASecond } from '../testing/within-a-second.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let name: string
let clients: SyncClient[]
let channelCount = 0
const nextId = createIdSequence()

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

beforeEach(async () => {
  channelCount += 1
  channel = await server.createChannel(ada, { name: 'C', slug: `channel-${channelCount}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  name = formatConversationName({ kind: 'channel', id: channel.id })
  clients = []
  return () => clients.forEach((client) => client.close())
})

function join(person: TestPerson, token?: string): SyncClient {
  const client = connect(server, person, token === undefined ? {} : { token })
  clients.push(client)
  return client
}

const write = (document: Y.Doc, person: TestPerson, content = 'hello'): string => {
  const id = nextId()
  const record = message(person.userId, { content, createdAt: Date.now() })
  rootMap(document, 'messages').set(id, record)
  return id
}

test('P1 a change reaches others, and its writer hears that it is on disk', async () => {
  const one = join(ada).open(name)
  const other = join(ben).open(name)
  await Promise.all([one.synced, other.synced])
  const id = write(one.document, ada)
  await one.durable()
  const database = openDatabase(server.databasePath)
  const stored = database.sqlite
    .prepare('SELECT count(*) AS count FROM document_updates WHERE document_name = ?')
    .get(name)
  expect(stored).toEqual({ count: 1 })
  await database.close()
  await until(other.document, () => rootMap(other.document, 'messages').has(id))
})

test('P1 a writer hears that a change is on disk, too, when another tab has brought it before', async () => {
  const one = join(ada).open(name)
  await one.synced
  write(one.document, ada)
  await one.durable()
  const other = join(ada).open(name)
  await other.synced
  other.document.clientID = one.document.clientID
  // As a tab does that had it from the disk before the server said that it has it, too.
  const { document } = other
  document.emit('update', [
    Y.encodeStateAsUpdate(document),
    'the disk',
    document,
    new Y.Transaction(document, null, true),
  ])
  await withinASecond(other.durable())
  expect(other.messages).toContainEqual({
    type: 'durable',
    clientId: document.clientID,
    clock: Y.getState(document.store, document.clientID),
  })
})

test('P1 a restarted server has everything, the tables included', async () => {
  const one = join(ada).open(name)
  await one.synced
  write(one.document, ada, 'first')
  write(one.document, ada, 'second')
  await one.durable()
  clients.forEach((client) => client.close())
  await server.restart()
  const page = await ada.request('GET', `/api/channels/${channel.id}/messages`)
  expect(await page.json()).toMatchObject({
    messages: [{ content: 'first' }, { content: 'second' }],
  })
  const again = join(ben).open(name)
  await again.synced
  expect(rootMap(again.document, 'messages').size).toBe(2)
})

test('P2 a refusal names its reason and leaves the other documents on the socket alone', async () => {
  const second = await server.createChannel(ben, { name: 'B', slug: `ben-${channelCount}` })
  const client = join(ben)
  const victim = join(ada).open(name)
  const bad = client.open(name)
  const good = client.open(formatConversationName({ kind: 'channel', id: second.id }))
  await Promise.all([bad.synced, good.synced, victim.synced])

  const forged = write(bad.document, ada)
  expect(await bad.refused).toEqual({ code: 'not_author', root: 'messages', key: forged })
  bad.provider.destroy()
  write(good.document, ben)
  await good.durable()

  const fresh = client.open(name)
  await fresh.synced
  const id = write(fresh.document, ben)
  await fresh.durable()
  await until(victim.document, () => rootMap(victim.document, 'messages').has(id))
  expect(rootMap(victim.document, 'messages').has(forged)).toBe(false)
})

test('P2 offline work that mixes good and bad records is refused as a whole', async () => {
  const document = new Y.Doc()
  write(document, ben)
  write(document, ada)
  const offline = join(ben).open(name, document)
  expect(await offline.refused).toMatchObject({ code: 'not_author' })
  const page = await ada.request('GET', `/api/channels/${channel.id}/messages`)
  expect(await page.json()).toMatchObject({ messages: [] })
})

test('P2 documents that one may not read do not exist', async () => {
  const secret = await server.createChannel(ada, {
    name: 'S',
    slug: `secret-${channelCount}`,
    type: 'PRIVATE',
  })
  const client = join(ben)
  const names = [
    formatConversationName({ kind: 'channel', id: secret.id }),
    formatUserDocumentName(ada.userId),
    formatConversationName({ kind: 'channel', id: channel.id }, 2),
  ]
  for (const each of names) {
    expect(await client.open(each).refused).toEqual({ code: 'not_found' })
  }
})

test("P2 nobody writes to a person's own document, themself included", async () => {
  const own = join(ben).open(formatUserDocumentName(ben.userId))
  await own.synced
  own.document.getMap('messages').set('a', 1)
  expect(await own.refused).toEqual({ code: 'server_only' })
})

test('P2 an archived channel takes nothing more', async () => {
  const one = join(ben).open(name)
  await one.synced
  await ada.request('DELETE', `/api/channels/${channel.id}`)
  write(one.document, ben)
  expect(await one.refused).toMatchObject({ code: 'channel_archived' })
})

test('P7 removal from a private channel closes its documents', async () => {
  const secret = await server.createChannel(ada, {
    name: 'S',
    slug: `private-${channelCount}`,
    type: 'PRIVATE',
  })
  const members = `/api/channels/${secret.id}/members`
  await ada.request('POST', members, { userId: ben.userId })
  const one = join(ben).open(formatConversationName({ kind: 'channel', id: secret.id }))
  await one.synced
  const ended = withinASecond(one.refused)
  await ada.request('DELETE', `${members}/${ben.userId}`)
  expect(await ended).toEqual({ code: 'access_ended' })
})

test('P7 removal from a public channel leaves reading and ends writing', async () => {
  const one = join(ben).open(name)
  await one.synced
  await ada.request('DELETE', `/api/channels/${channel.id}/members/${ben.userId}`)
  write(one.document, ben)
  expect(await one.refused).toMatchObject({ code: 'not_member' })
})

test('P7 a lowered role is in force on open connections', async () => {
  const author = join(ada).open(name)
  const moderator = join(ben).open(name)
  await Promise.all([author.synced, moderator.synced])
  const member = `/api/channels/${channel.id}/members/${ben.userId}`
  await ada.request('PATCH', member, { role: 'ADMIN' })
  const ids = [write(author.document, ada), write(author.document, ada)]
  const messages = rootMap(moderator.document, 'messages')
  await until(moderator.document, () => ids.every((id) => messages.has(id)))
  const remove = (id: string | undefined): void => {
    const record = messages.get(id ?? '')
    if (typeof record !== 'object') throw new Error('no such message')
    const deletion = { content: '', version: 2, deletedAt: Date.now(), deletedBy: ben.userId }
    messages.set(id ?? '', { ...record, ...deletion })
  }
  remove(ids[0])
  await moderator.durable()
  await ada.request('PATCH', member, { role: 'MEMBER' })
  remove(ids[1])
  expect(await moderator.refused).toMatchObject({ code: 'not_author' })
})

test('P7 signing out and revoking a token end what they opened', async () => {
  const dora = await server.signUp(`Dora${channelCount}`)
  const made = await dora.request('POST', '/api/tokens', { name: 'bot' })
  const { id, token } = createTokenResponseSchema.parse(await made.json())
  const bySession = join(dora).open(formatUserDocumentName(dora.userId))
  const byToken = join(dora, token).open(formatUserDocumentName(dora.userId))
  await Promise.all([bySession.synced, byToken.synced])
  const ended = withinASecond(byToken.refused)
  await dora.request('DELETE', `/api/tokens/${id}`)
  expect(await ended).toEqual({ code: 'session_ended' })
  await dora.request('POST', '/api/auth/sign-out', {})
  expect(await bySession.refused).toEqual({ code: 'session_ended' })
})

test('typing, presence and the welcome travel beside the documents', async () => {
  const own = join(ada).open(formatUserDocumentName(ada.userId))
  await own.synced
  const one = join(ada).open(name)
  const other = join(ben).open(name)
  await Promise.all([one.synced, other.synced])
  other.provider.sendStateless('not json')
  other.provider.sendStateless(JSON.stringify({ type: 'typing', isTyping: true }))
  await expect.poll(() => one.messages).toContainEqual({ type: 'typing', userIds: [ben.userId] })
  const fay = await server.signUp('Fay')
  join(fay).open(formatUserDocumentName(fay.userId))
  await expect.poll(() => own.messages.map(({ type }) => type)).toContain('welcome')
  await expect
    .poll(() =>
      own.messages.filter((message) => message.type === 'presence' && !message.isComplete),
    )
    .toContainEqual(expect.objectContaining({ online: expect.arrayContaining([fay.userId]) }))
})
