import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { categorySchema } from '../../shared/api/channel-categories.ts'
import { channelSchema } from '../../shared/api/channels.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import { fileSchema } from '../../shared/api/files.ts'
import { messageSchema } from '../../shared/api/messages.ts'
import { listNotificationsResponseSchema } from '../../shared/api/notifications.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { openDatabase } from '../database/open-database.ts'
import { createUnsubscribeLinks } from '../notifications/email/unsubscribe-links.ts'
import { describedApi, type DescribedApi } from '../testing/described-api.ts'
import { mailedToken } from '../testing/mailed-links.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { drawPicture } from '../testing/upload.ts'

const NOVA = '0193a5a0-0000-7000-8000-000000000001'
const NOBODY = '0193a5a0-0000-7000-8000-000000000009'

let mails: MailServer
let server: TestServer
let api: DescribedApi
let ada: TestPerson
let ben: TestPerson
let cleo: TestPerson

beforeAll(async () => {
  mails = await startMailServer()
  const google = { GOOGLE_CLIENT_ID: 'chat', GOOGLE_CLIENT_SECRET: 'hush' }
  server = await startTestServer({ environment: { SMTP_URL: mails.url, ...google } })
  api = await describedApi(server)
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  cleo = await server.signUp('Cleo')
})
afterAll(async () => {
  await server.close()
  await mails.close()
})

test('every operation of the document answers as it says', async () => {
  const sample = await api.request(ada, 'POST /workspace/sample')
  expect(sample.status).toBe(201)
  await api.request(ada, 'GET /health')
  await api.request(ada, 'GET /workspace')
  await api.request(ada, 'GET /workspace/settings')
  await api.request(ada, 'PATCH /workspace/settings', { body: { dmRetentionDays: 365 } })
  await api.request(ada, 'GET /users/me')
  await api.request(ada, 'GET /users', { query: '?limit=2' })
  await api.request(ada, 'GET /users/{id}', { params: { id: ben.userId } })
  await api.request(ada, 'POST /users', { body: { email: 'eve@example.test', name: 'Eve' } })
  const self = { params: { id: ben.userId } }
  await api.request(ben, 'PATCH /users/{id}', { ...self, body: { bio: 'Here', avatarUrl: null } })
  const away = { status: 'AWAY', text: 'Lunch', emoji: '🍜', expiresAt: Date.now() + 60_000 }
  await api.request(ben, 'PATCH /users/{id}/status', { ...self, body: away })

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

  await api.request(ada, `GET ${member}`, { params })
  await api.request(ben, `PATCH ${member}`, { params, body: { muted: true, notifyLevel: 'ALL' } })
  const category = { body: { name: 'Work' } }
  const filed = await api.request(ada, 'POST /channel-categories', category)
  const categoryId = categorySchema.parse(filed.body).id
  const place = { params: { id: categoryId } }
  await api.request(ada, 'GET /channel-categories')
  await api.request(ada, 'PATCH /channels/{id}', { params, body: { categoryId, position: 0 } })
  await api.request(ada, 'PATCH /channel-categories/{id}', { ...place, body: { position: 0 } })
  await api.request(ada, 'DELETE /channel-categories/{id}', place)

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
  await tryConversation(ada, '/channels/{id}', messageParams)
  await api.request(ada, `DELETE ${member}`, { params })
  const search = { query: '?q=first%20from:ben&limit=5' }
  const found = await api.request(ada, 'GET /messages/search', search)
  expect(found.body).toMatchObject({ total: 1, results: [{ message: { id: first.id } }] })
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
  await tryConversation(ada, '/dm/{id}', { ...dm.params, messageId })
  await api.request(ada, 'PATCH /dm/{id}', { ...dm, body: { muted: true, archived: true } })
  const participants = '/dm/{id}/participants' as const
  await api.request(ada, `GET ${participants}`, dm)
  const added = await api.request(ada, `POST ${participants}`, {
    ...dm,
    body: { userIds: [cleo.userId] },
  })
  const group = { params: { id: dmSchema.parse(added.body).id } }
  await api.request(cleo, `DELETE ${participants}`, group)

  const form = new FormData()
  form.set('file', new File([await drawPicture(30, 20)], 'dot.png'))
  const uploaded = await api.request(ada, 'POST /files', { body: form })
  const file = { params: { id: fileSchema.parse(uploaded.body).id } }
  await api.request(ada, 'GET /files/{id}', file)
  await api.request(ada, 'GET /files/{id}/content', file)
  await api.request(ada, 'GET /files/{id}/thumbnail', file)
  await api.request(ada, 'DELETE /files/{id}', file)

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
  const erased = { params: { id: NOVA }, body: { confirm: 'nova@example.test' } }
  await api.request(ada, 'GET /users/{id}/export', { params: { id: ada.userId } })
  await api.request(ada, 'POST /users/{id}/erase', erased)

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
  await api.request(ada, 'GET /audit-logs', { query: '?limit=100' })
  const links = createUnsubscribeLinks({
    sqlite: server.sqlite,
    secret: readFileSync(join(server.folder, 'auth-secret'), 'utf8').trim(),
    publicUrl: server.url,
  })
  const query = new URL(links.urlFor(ben.userId, ben.email)).search
  await api.request(ben, 'GET /email/unsubscribe', { query })
  await api.request(ben, 'POST /email/unsubscribe', { query })
  await tryWaysToSignIn(ada, cleo)
  // Answers browsers by sending them on: server/auth/sign-in-by-provider.test.ts walks through it.
  expect(api.untried()).toEqual(['GET /auth/callback/{id}'])
})

/** All that signs in beside a password; the sessions of the second person end. */
async function tryWaysToSignIn(person: TestPerson, other: TestPerson): Promise<void> {
  const { email } = person
  const verification = await mailedToken(mails, '/verify-email', email)
  await api.request(person, 'GET /auth/verify-email', { query: `?token=${verification}` })
  await api.request(other, 'POST /auth/send-verification-email', { body: { email: other.email } })
  await api.request(person, 'POST /auth/sign-in/magic-link', { body: { email } })
  const magic = `?token=${await mailedToken(mails, '/magic-link', email)}`
  await api.request(person, 'GET /auth/magic-link/verify', { query: magic })
  const google = { body: { provider: 'google', callbackURL: '/' } }
  await api.request(person, 'POST /auth/sign-in/social', google)
  await api.request(person, 'POST /auth/link-social', google)
  server.sqlite
    .prepare(
      `INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
       VALUES ('linked', ?, 'ada', 'google', 1, 1)`,
    )
    .run(person.userId)
  await api.request(person, 'GET /accounts')
  await api.request(person, 'DELETE /accounts/{id}', { params: { id: 'linked' } })
  const ask = { body: { email: other.email } }
  await api.request(other, 'POST /auth/request-password-reset', ask)
  const token = await mailedToken(mails, '/reset-password', other.email)
  const reset = { body: { token, newPassword: 'a new password of Cleo' } }
  await api.request(other, 'POST /auth/reset-password', reset)
}

/** All that can be done with a conversation and one of its messages. */
async function tryConversation(
  person: TestPerson,
  path: '/channels/{id}' | '/dm/{id}',
  params: { id: string; messageId: string },
): Promise<void> {
  const message = `${path}/messages/{messageId}` as const
  const marked = { params, body: { messageId: params.messageId } }
  const emoji = '👍'
  await api.request(person, `POST ${message}/reactions`, { params, body: { emoji } })
  const query = `?emoji=${encodeURIComponent(emoji)}`
  await api.request(person, `DELETE ${message}/reactions`, { params, query })
  await api.request(person, `PUT ${message}/pin`, { params })
  await api.request(person, `GET ${path}/pins`, { params, query: '?limit=1' })
  await api.request(person, `DELETE ${message}/pin`, { params })
  await api.request(person, `GET ${message}/replies`, { params, query: '?limit=1' })
  await api.request(person, `POST ${path}/read`, marked)
  await api.request(person, `POST ${path}/unread`, marked)
  await api.request(person, `POST ${path}/typing`, { params, body: {} })
  const mine = await api.request(person, `POST ${path}/messages`, {
    params,
    body: { content: 'Typo' },
  })
  const own = { ...params, messageId: messageSchema.parse(mine.body).id }
  await api.request(person, `PATCH ${message}`, { params: own, body: { content: 'No typo' } })
  await api.request(person, `GET ${message}/revisions`, { params: own })
  await api.request(person, `DELETE ${message}`, { params: own })
}

test('noes are described, too', async () => {
  const params = { id: NOBODY, userId: NOBODY }
  const noes = [
    await api.request(ada, 'GET /users/{id}', { params }),
    await api.request(ada, 'GET /users/{id}', { params: { id: 'x' } }),
    await api.request(ada, 'GET /channels/{id}', { params }),
    await api.request(ada, 'POST /channels/{id}/messages', { params, body: { content: 'x' } }),
    await api.request(ada, 'POST /channels', { body: { name: '', slug: 'UPPER CASE' } }),
    await api.request(ada, 'POST /dm', { body: { participantIds: [NOBODY] } }),
    await api.request(ada, 'POST /files', { body: {} }),
    await api.request(ada, 'GET /files/{id}', { params }),
    await api.request(ada, 'GET /files/{id}/content', { params: { id: 'x' } }),
    await api.request(ada, 'POST /auth/sign-in/email', { body: { email: 'no', password: 'no' } }),
  ]
  expect(noes.map(({ status }) => status)).toEqual([
    404, 400, 404, 404, 400, 404, 400, 404, 400, 400,
  ])
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

test('a body whose length nobody told is refused once it is too large', async () => {
  const send = async (name: string): Promise<number> => {
    const body = new Blob([JSON.stringify({ name, slug: 'streamed' })]).stream()
    const headers = { cookie: ada.cookie, 'content-type': 'application/json' }
    const options = { method: 'POST', headers, body, duplex: 'half' } as const
    return (await fetch(`${server.url}/api/channels`, options)).status
  }
  expect(await send('Streamed')).toBe(201)
  expect(await send('x'.repeat(1_100_000))).toBe(413)
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
