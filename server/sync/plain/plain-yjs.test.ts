import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { Channel } from '../../../shared/api/channels.ts'
import { listMessagesResponseSchema, messageSchema } from '../../../shared/api/messages.ts'
import { rootMap } from '../../../shared/document/layout.ts'
import { formatConversationName, formatUserDocumentName } from '../../../shared/document/names.ts'
import { createIdSequence, message } from '../../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { makeToken, openPlainClient, type PlainClient } from '../../testing/plain-client.ts'
import { connect, until, type SyncClient } from '../../testing/sync-client.ts'
import { withinASecond } from '../../testing/within-a-second.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let name: string
let channelCount = 0
const clients: PlainClient[] = []
const browsers: SyncClient[] = []
const nextId = createIdSequence()
const MAX_MESSAGES = 8

beforeAll(async () => {
  server = await startTestServer({
    limits: { segments: { maxMessages: MAX_MESSAGES, maxClients: 300 } },
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
  for (const browser of browsers.splice(0)) browser.close()
})

function open(person: TestPerson, options: Parameters<typeof openPlainClient>[3] = {}) {
  const client = openPlainClient(server, name, person, options)
  clients.push(client)
  return client
}

function openBrowser(person: TestPerson) {
  const browser = connect(server, person)
  browsers.push(browser)
  return browser.open(name)
}

function write(document: Y.Doc, author: TestPerson, content: string): string {
  const id = nextId()
  rootMap(document, 'messages').set(id, message(author.userId, { content, createdAt: Date.now() }))
  return id
}

const contents = (document: Y.Doc): string[] =>
  [...rootMap(document, 'messages').values()]
    .map((value) => String((value as { content: unknown }).content)) // records of our own making
    .toSorted()

async function contentsOverRest(person: TestPerson): Promise<string[]> {
  const response = await person.request('GET', `/api/channels/${channel.id}/messages`)
  const { messages } = listMessagesResponseSchema.parse(await response.json())
  return messages.map(({ content }) => content).toSorted()
}

test('P6 a y-websocket client, a browser and REST share one channel', async () => {
  const bot = open(ben, { token: await makeToken(ben) })
  const browser = openBrowser(ada)
  await Promise.all([bot.synced, browser.synced])
  write(bot.document, ben, 'from the bot')
  write(browser.document, ada, 'from the browser')
  const posted = await ada.request('POST', `/api/channels/${channel.id}/messages`, {
    content: 'over REST',
  })
  expect(messageSchema.parse(await posted.json()).content).toBe('over REST')
  const all = ['from the bot', 'from the browser', 'over REST']
  for (const document of [bot.document, browser.document]) {
    await until(document, () => contents(document).length === 3)
    expect(contents(document)).toEqual(all)
  }
  await expect.poll(() => contentsOverRest(ada)).toEqual(all)
})

test('P1 what another client has seen is there after a restart', async () => {
  const bot = open(ben)
  const other = open(ada)
  await Promise.all([bot.synced, other.synced])
  const id = write(bot.document, ben, 'kept')
  await until(other.document, () => rootMap(other.document, 'messages').has(id))
  await server.restart()
  const later = open(ada)
  await later.synced
  expect(contents(later.document)).toEqual(['kept'])
})

test('P6 what a client wrote offline goes out when it is back', async () => {
  const bot = open(ben)
  const browser = openBrowser(ada)
  await Promise.all([bot.synced, browser.synced])
  bot.provider.disconnect()
  write(bot.document, ben, 'while offline')
  write(browser.document, ada, 'meanwhile')
  await browser.durable()
  bot.provider.connect()
  await until(browser.document, () => contents(browser.document).length === 2)
  await until(bot.document, () => contents(bot.document).length === 2)
  expect(contents(bot.document)).toEqual(['meanwhile', 'while offline'])
})

test('a client that is cut off by a restart of the server comes back by itself', async () => {
  const bot = open(ben, { token: await makeToken(ben) })
  await bot.synced
  const restarted = server.restart()
  expect((await bot.closed).code).toBe(1012)
  await restarted
  // The server has another port now, as it never has outside of tests.
  bot.provider.serverUrl = `${server.url.replace('http', 'ws')}/yjs`
  write(bot.document, ben, 'after the restart')
  await expect.poll(() => contentsOverRest(ada)).toEqual(['after the restart'])
})

test('P2 a refused update closes the connection with a code and a reason, and enters nowhere', async () => {
  const bot = open(ben)
  const browser = openBrowser(ada)
  await Promise.all([bot.synced, browser.synced])
  const id = write(bot.document, ada, 'in another name')
  const { code, refusal } = await bot.closed
  expect(code).toBe(4403)
  expect(refusal).toMatchObject({ code: 'not_author', root: 'messages', key: id })
  // By its code the provider knows that coming back would not help.
  expect(bot.provider.shouldConnect).toBe(false)
  write(browser.document, ada, 'goes on')
  await browser.durable()
  expect(contents(browser.document)).toEqual(['goes on'])
  expect(await contentsOverRest(ada)).toEqual(['goes on'])
})

test('P2.9 who may only read reads, and is closed on the first write', async () => {
  const reader = open(ben)
  await reader.synced
  write(reader.document, ben, 'before')
  await expect.poll(() => contentsOverRest(ada)).toEqual(['before'])
  await ada.request('DELETE', `/api/channels/${channel.id}`)
  const again = open(ben)
  await again.synced
  expect(contents(again.document)).toEqual(['before'])
  expect(again.provider.wsconnected).toBe(true)
  write(again.document, ben, 'after')
  expect(await again.closed).toMatchObject({ code: 4403, refusal: { code: 'channel_archived' } })
})

test('P7 removal, a revoked token and signing out close the connection within a second', async () => {
  const closed = await server.createChannel(ada, { name: 'P', slug: 'secret', type: 'PRIVATE' })
  await ada.request('POST', `/api/channels/${closed.id}/members`, { userId: ben.userId })
  name = formatConversationName({ kind: 'channel', id: closed.id })
  const bot = open(ben)
  await bot.synced
  const removed = withinASecond(bot.closed)
  await ada.request('DELETE', `/api/channels/${closed.id}/members/${ben.userId}`)
  expect(await removed).toMatchObject({ code: 4403, refusal: { code: 'access_ended' } })
  expect(await open(ben).closed).toMatchObject({ code: 4404, refusal: { code: 'not_found' } })

  const eve = await server.signUp('Eve')
  await ada.request('POST', `/api/channels/${closed.id}/members`, { userId: eve.userId })
  const token = await makeToken(eve)
  const listed: unknown = await (await eve.request('GET', '/api/tokens')).json()
  const tokenId = /"id":"([^"]+)"/.exec(JSON.stringify(listed))?.[1]
  const [byToken, byCookie] = [open(eve, { token }), open(eve)]
  await Promise.all([byToken.synced, byCookie.synced])
  const revoked = withinASecond(byToken.closed)
  await eve.request('DELETE', `/api/tokens/${tokenId}`)
  expect(await revoked).toMatchObject({ code: 4401, refusal: { code: 'session_ended' } })
  const signedOut = withinASecond(byCookie.closed)
  await eve.request('POST', '/api/auth/sign-out', {})
  expect(await signedOut).toMatchObject({ code: 4401, refusal: { code: 'session_ended' } })
})

test('P2 a token opens it from the address or a header; without one nothing does', async () => {
  const token = await makeToken(ben)
  await open(ben, { token }).synced
  await open(ben, { headers: { authorization: `Bearer ${token}` } }).synced
  const unknown = { code: 4401, refusal: { code: 'unauthenticated' } }
  expect(await open(ben, { token: 'cnp_guessed' }).closed).toMatchObject(unknown)
  // A cookie without an origin may come from anywhere.
  expect(await open(ben, { headers: { cookie: ben.cookie } }).closed).toMatchObject(unknown)
})

test('P7 what may not be read and what does not exist look the same', async () => {
  const eve = await server.signUp('Mallory')
  const secret = await server.createChannel(ada, { name: 'S', slug: 'closed', type: 'PRIVATE' })
  const names = [
    formatConversationName({ kind: 'channel', id: secret.id }),
    formatConversationName({ kind: 'channel', id: channel.id }, 2),
    formatUserDocumentName(eve.userId),
    'anything',
    '%',
    '__proto__',
  ]
  for (const each of names) {
    name = each
    const client = open(eve)
    expect(await client.closed).toEqual({ code: 4404, refusal: { code: 'not_found' } })
    client.provider.destroy()
  }
})

test('the segment that follows is named in the document', async () => {
  const bot = open(ben)
  await bot.synced
  for (let index = 0; index < MAX_MESSAGES; index += 1) write(bot.document, ben, `${index}`)
  await until(bot.document, () => rootMap(bot.document, 'meta').get('next') === 2)
  name = formatConversationName({ kind: 'channel', id: channel.id }, 2)
  const next = open(ben)
  await next.synced
  write(next.document, ben, 'in the next one')
  await expect.poll(() => contentsOverRest(ada)).toContain('in the next one')
})
