import { afterAll, beforeAll, expect, test } from 'vitest'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { withinASecond } from '../testing/within-a-second.ts'

let server: TestServer
let owner: TestPerson
let aheadMs = 0
const nextId = createIdSequence()
const YEAR_MS = 366 * 24 * 3_600_000

beforeAll(async () => {
  server = await startTestServer({ now: () => Date.now() + aheadMs })
  owner = await server.signUp('Ada')
})
afterAll(() => server.close())

test('P7 signing out ends open documents, and they do not come back', async () => {
  const eve = await server.signUp('Eve')
  const channel = await server.createChannel(eve, { name: 'E', slug: 'eve' })
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const client = connect(server, eve)
  const one = client.open(name)
  await one.synced
  const signedOut = eve.request('POST', '/api/auth/sign-out', {})
  expect(await withinASecond(one.refused)).toEqual({ code: 'session_ended' })
  await signedOut
  one.provider.destroy()

  const again = client.open(name)
  expect(await again.refused).toEqual({ code: 'unauthenticated' })
  client.close()
})

test('P7 who is deactivated has every connection closed', async () => {
  const hal = await server.signUp('Hal')
  const channel = await server.createChannel(hal, { name: 'H', slug: 'hal' })
  const made = await hal.request('POST', '/api/tokens', { name: 'bot' })
  const { token } = createTokenResponseSchema.parse(await made.json())
  const clients = [connect(server, hal), connect(server, hal, { token })]
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const opened = clients.map((client) => client.open(name))
  await Promise.all(opened.map(({ synced }) => synced))
  const ended = withinASecond(Promise.all(opened.map(({ refused }) => refused)))
  await owner.request('DELETE', `/api/users/${hal.userId}`)
  expect(await ended).toEqual([{ code: 'session_ended' }, { code: 'session_ended' }])
  for (const client of clients) client.close()
})

test('P7 signing out elsewhere ends the connections of those sessions, and of no other', async () => {
  const ida = await server.signUp('Ida')
  const again = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email: ida.email, password: 'correct horse battery' }),
  })
  const cookie = again.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const [here, elsewhere] = [connect(server, ida), connect(server, { ...ida, cookie })]
  const own = formatUserDocumentName(ida.userId)
  const [kept, ended] = [here.open(own), elsewhere.open(own)]
  await Promise.all([kept.synced, ended.synced])
  const refused = withinASecond(ended.refused)
  await ida.request('POST', '/api/auth/revoke-other-sessions', {})
  expect(await refused).toEqual({ code: 'session_ended' })
  kept.provider.destroy()
  await here.open(own).synced
  here.close()
  elsewhere.close()
})

test('P7 a session that expires while connected is ended', async () => {
  const fred = await server.signUp('Fred')
  const client = connect(server, fred)
  const own = client.open(formatUserDocumentName(fred.userId))
  await own.synced
  aheadMs = YEAR_MS
  try {
    expect(await withinASecond(own.refused)).toEqual({ code: 'session_ended' })
  } finally {
    aheadMs = 0
    client.close()
  }
})

test('P1 a server that is stopped tells its sockets, and loses nothing', async () => {
  const gina = await server.signUp('Gina')
  const channel = await server.createChannel(gina, { name: 'G', slug: 'gina' })
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const bystander = new WebSocket(`${server.url.replace('http', 'ws')}/sync`, {
    headers: { origin: server.url },
  })
  await once(bystander, 'open')
  const client = connect(server, gina)
  const one = client.open(name)
  await one.synced
  const messages = rootMap(one.document, 'messages')
  for (let index = 0; index < 20; index += 1) {
    messages.set(nextId(), message(gina.userId, { createdAt: Date.now() }))
  }
  await one.durable()
  const closed = once(bystander, 'close')
  const restarted = server.restart()
  const [code, reason] = await closed
  expect([code, String(reason)]).toEqual([1012, 'shutting_down'])
  await restarted
  client.close()
  const later = connect(server, gina)
  const copy = later.open(name)
  await copy.synced
  expect(rootMap(copy.document, 'messages').size).toBe(20)
  later.close()
})
