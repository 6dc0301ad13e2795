import { afterAll, beforeAll, expect, test } from 'vitest'
import { channelSchema } from '../../shared/api/channels.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import { messageSchema } from '../../shared/api/messages.ts'
import { listNotificationsResponseSchema } from '../../shared/api/notifications.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { openDatabase } from '../database/open-database.ts'
import { describedApi, type DescribedApi } from '../testing/described-api.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const NOVA = '0193a5a0-0000-7000-8000-000000000001'
const NOBODY = '0193a5a0-0000-7000-8000-000000000009'

let server: TestServer
let api: DescribedApi
let ada: TestPerson
let ben: TestPerson

beforeAll(async () => {
  server = await startTestServer()
  api = await describedApi(server)
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

test('every operation of the document answers as it says', async () => {
  const sample = await api.request(ada, 'POST /workspace/sample')
  expect(sample.status).toBe(201)
  await api.request(ada, 'GET /health')
  await api.request(ada, 'GET /workspace')
  await api.request(ada, 'GET /users/me')
  await api.request(ada, 'GET /users', { query: '?limit=2' })
  await api.request(ada, 'GET /users/{id}', { params: { id: ben.userId } })

  const body = { name: 'Plans', slug: 'plans', description: 'What next' }
  const made = await api.request(ada, 'POST /channels', { body })
  const { id } = channelSchema.parse(made.body)
  const params = { id, userId: ben.userId }
  await api.request(ada, 'GET /channels', { query: '?limit=1' })
  await api.request(ada, 'GET /channels/{id}', { params })
  await api.request(ada, 'PATCH /channels/{id}', { params, body: { name: 'Plan' } })
  const members = 'POST /channels/{id}/members'
  await api.request(ben, members, { params, body: { userId: ben.userId } })
  await api.request(ada, 'GET /channels/{id}/members', { params })
  const member = '/channels/{id}/members/{userId}' as const
  await api.request(ada, `PATCH ${member}`, { params, body: { role: 'ADMIN' } })

  const posted = await api.request(ben, 'POST /channels/{id}/messages', {
    params,
    body: { content: 'First' },
  })
  const first = messageSchema.parse(posted.body)
  const reply = { content: 'Second', parentId: first.id, replyToId: first.id }
  await api.request(ada, 'POST /channels/{id}/messages', { params, body: reply })
  await api.request(ada, 'GET /channels/{id}/messages', { params, query: `?after=${first.id}` })
  const messageParams = { ...params, messageId: first.id }
  await api.request(ada, 'GET /channels/{id}/messages/{messageId}', { params: messageParams })
  await api.request(ada, `DELETE ${member}`, { params })
  const archived = await api.request(ada, 'DELETE /channels/{id}', { params })
  expect(channelSchema.parse(archived.body).archivedAt).not.toBeNull()

  const started = await api.request(ada, 'POST /dm', { body: { participantIds: [ben.userId] } })
  const dm = { params: { id: dmSchema.parse(started.body).id } }
  await api.request(ada, 'GET /dm', { query: '?limit=1' })
  await api.request(ada, 'GET /dm/{id}', dm)
  const hello = await api.request(ada, 'POST /dm/{id}/messages', {
    ...dm,
    body: { content: 'Hello' },
  })
  await api.request(ben, 'GET /dm/{id}/messages', dm)
  const messageId = messageSchema.parse(hello.body).id
  await api.request(ben, 'GET /dm/{id}/messages/{messageId}', {
    params: { ...dm.params, messageId },
  })

  const own = { params: { id: ada.userId } }
  await api.request(ada, 'GET /users/{id}/preferences', own)
  const wishes = { doNotDisturb: { startMinute: 0, endMinute: 60 }, keywords: ['boat'] }
  await api.request(ada, 'PATCH /users/{id}/preferences', { ...own, body: wishes })
  const listed = await api.request(ben, 'GET /notifications', { query: '?unreadOnly=true' })
  const [news] = listNotificationsResponseSchema.parse(listed.body).notifications
  await api.request(ben, 'POST /notifications/read', { body: { ids: [news?.id] } })
  await api.request(ben, 'DELETE /notifications/{id}', { params: { id: news?.id ?? '' } })
  await api.request(ada, 'GET /push/key')
  const endpoint = 'https://push.services.mozilla.com/wpush/v2/abc'
  const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) }
  await api.request(ada, 'POST /push/subscriptions', { body: { endpoint, keys } })
  await api.request(ada, 'DELETE /push/subscriptions', { body: { endpoint } })

  const token = await api.request(ada, 'POST /tokens', { body: { name: 'script' } })
  await api.request(ada, 'GET /tokens')
  const tokenId = createTokenResponseSchema.parse(token.body).id
  await api.request(ada, 'DELETE /tokens/{id}', { params: { id: tokenId } })

  const { sqlite } = openDatabase(server.databasePath)
  const insert =
    'INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?, ?, ?, 1, 1)'
  sqlite.prepare(insert).run(NOVA, 'nova@example.test', 'Nova')
  sqlite.close()
  const link = await api.request(ada, 'POST /users/{id}/claim-link', { params: { id: NOVA } })
  const secret = /#([^"]+)/.exec(JSON.stringify(link.body))?.[1]
  const password = 'a long password'
  await api.request(ada, 'POST /auth/claim', { body: { token: secret, password } })

  const person = { email: 'new@example.test', password, name: 'New' }
  await api.request(ben, 'POST /auth/sign-up/email', { body: person })
  await api.request(ben, 'POST /auth/sign-in/email', { body: person })
  await api.request(ben, 'GET /auth/list-sessions')
  await api.request(ben, 'POST /auth/revoke-session', { body: { token: 'unknown' } })
  await api.request(ben, 'POST /auth/revoke-other-sessions', { body: {} })
  await api.request(ben, 'POST /auth/update-user', { body: { name: 'Benjamin' } })
  const change = { currentPassword: 'correct horse battery', newPassword: 'another long password' }
  await api.request(ben, 'POST /auth/change-password', { body: change })
  await api.request(ben, 'POST /auth/sign-out', { body: {} })
  const bens = { params: { id: ben.userId } }
  await api.request(ada, 'DELETE /users/{id}', bens)
  await api.request(ada, 'POST /users/{id}/reactivate', bens)
  expect(api.untried()).toEqual([])
})

test('noes are described, too', async () => {
  const params = { id: NOBODY, userId: NOBODY }
  const noes = [
    await api.request(ada, 'GET /users/{id}', { params }),
    await api.request(ada, 'GET /users/{id}', { params: { id: 'x' } }),
    await api.request(ada, 'GET /channels/{id}', { params }),
    await api.request(ada, 'POST /channels/{id}/messages', { params, body: { content: 'x' } }),
    await api.request(ada, 'POST /channels', { body: { name: '', slug: 'UPPER CASE' } }),
    await api.request(ada, 'POST /dm', { body: { participantIds: [NOBODY] } }),
    await api.request(ada, 'POST /auth/sign-in/email', { body: { email: 'no', password: 'no' } }),
  ]
  expect(noes.map(({ status }) => status)).toEqual([404, 400, 404, 404, 400, 404, 400])
})

test('a body that is no JSON, none at all, or too large is refused', async () => {
  const send = async (body: string, type?: string): Promise<number> => {
    const { cookie } = ada
    const headers = { cookie, origin: server.url, ...(type && { 'content-type': type }) }
    const options = { method: 'POST', headers, body }
    return (await fetch(`${server.url}/api/channels`, options)).status
  }
  expect(await send('{', 'application/json')).toBe(400)
  expect(await send('', 'application/json')).toBe(400)
  expect(await send('name=x', 'application/x-www-form-urlencoded')).toBe(400)
  expect(await send(`"${'x'.repeat(1_100_000)}"`, 'application/json')).toBe(413)
})

test('answers carry headers that keep hostile content harmless', async () => {
  const { headers } = await fetch(`${server.url}/api/docs`)
  const policy = headers.get('content-security-policy')
  expect(policy).toContain("default-src 'self'")
  expect(policy).toContain("connect-src 'self';")
  expect(policy).toContain("script-src 'self';")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
})
