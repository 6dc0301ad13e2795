import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimLinkSchema, sessionSchema } from '../../shared/api/auth.ts'
import { categorySchema } from '../../shared/api/channel-categories.ts'
import { channelSchema } from '../../shared/api/channels.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { userSchema } from '../../shared/api/users.ts'
import { mailedToken } from '../testing/mailed-links.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { describedApi, type DescribedApi } from '../testing/described-api.ts'
import {
  PASSWORD,
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../testing/running-server.ts'

const SAID = 'what people say is in their conversations'
const OWN = 'what concerns oneself alone'

/** Routes that change something which the audit log has no need of, and why. */
const notRelevant: Record<string, string> = {
  ...Object.fromEntries(
    ['channels', 'dm'].flatMap((kind) => [
      [`POST /${kind}/{id}/messages`, SAID],
      [`PATCH /${kind}/{id}/messages/{messageId}`, SAID],
      [`DELETE /${kind}/{id}/messages/{messageId}`, 'noted where it becomes a row, by moderators'],
      [`POST /${kind}/{id}/messages/{messageId}/reactions`, SAID],
      [`DELETE /${kind}/{id}/messages/{messageId}/reactions`, SAID],
      [`PUT /${kind}/{id}/messages/{messageId}/pin`, SAID],
      [`DELETE /${kind}/{id}/messages/{messageId}/pin`, SAID],
      [`POST /${kind}/{id}/read`, OWN],
      [`POST /${kind}/{id}/unread`, OWN],
      [`POST /${kind}/{id}/typing`, OWN],
    ]),
  ),
  'POST /dm': 'a private matter of those in it',
  'PATCH /dm/{id}': OWN,
  'POST /dm/{id}/participants': 'a private matter of those in it',
  'DELETE /dm/{id}/participants': 'a private matter of those in it',
  'PATCH /users/{id}/status': 'a mood',
  'PATCH /users/{id}/preferences': OWN,
  'POST /files': SAID,
  'DELETE /files/{id}': OWN,
  'POST /email/unsubscribe': OWN,
  'POST /notifications/read': OWN,
  'DELETE /notifications/{id}': OWN,
  'POST /push/subscriptions': OWN,
  'DELETE /push/subscriptions': OWN,
  'POST /auth/send-verification-email': 'a mail, which changes nothing by itself',
  'POST /auth/sign-in/magic-link': 'a mail, which changes nothing by itself',
  'POST /auth/sign-in/social': 'noted when the provider has sent the person back',
  'POST /auth/link-social': 'noted when the provider has sent the person back',
}

let mails: MailServer
let server: TestServer
let api: DescribedApi
let ada: TestPerson
let ben: TestPerson

beforeAll(async () => {
  mails = await startMailServer()
  server = await startTestServer({ environment: { SMTP_URL: mails.url } })
  api = await describedApi(server)
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(async () => {
  await server.close()
  await mails.close()
})

interface Entry {
  action: string
  actorId: string | null
  ipAddress: string | null
  userAgent: string | null
}

function entriesAfter(rowid: number): Entry[] {
  return server.sqlite
    .prepare<[number], Entry>(
      `SELECT action, actor_id AS actorId, ip_address AS ipAddress, user_agent AS userAgent
       FROM audit_logs WHERE rowid > ? ORDER BY rowid`,
    )
    .all(rowid)
}

/** Asks, and answers the body when exactly these deeds of this person were noted. */
async function deed(
  person: TestPerson,
  operation: `${string} /${string}`,
  { actions, by = person.userId, ...options }: Ask,
): Promise<unknown> {
  const last = server.sqlite
    .prepare<[], { last: number | null }>('SELECT max(rowid) AS last FROM audit_logs')
    .get()
  const { body } = await api.request(person, operation, options)
  const entries = entriesAfter(last?.last ?? 0)
  expect([operation, ...entries.map(({ action }) => action)]).toEqual([operation, ...actions])
  for (const { actorId, ipAddress, userAgent } of entries) {
    if (by !== 'anybody') expect(actorId).toBe(by)
    expect([ipAddress, userAgent]).toEqual(['127.0.0.1', expect.any(String)])
  }
  return body
}

interface Ask {
  actions: readonly string[]
  by?: string | null
  params?: Record<string, string>
  body?: unknown
}

test('every route that changes something is noted in the audit log, or named as not relevant', async () => {
  await deed(ada, 'POST /workspace/sample', { actions: ['workspace.sample_created'] })

  const newcomer = { email: 'nova@example.test', name: 'Nova' }
  const made = await deed(ada, 'POST /users', { actions: ['person.created'], body: newcomer })
  const nova = userSchema.parse(made).id
  const novas = { params: { id: nova } }
  const link = await deed(ada, 'POST /users/{id}/claim-link', {
    ...{ ...novas, actions: ['person.claim_link_created'] },
  })
  const secret = claimLinkSchema.parse(link).url.split('#')[1] ?? ''
  const claim = { token: secret, password: 'a password of Nova' }
  await deed(ada, 'POST /auth/claim', { actions: ['person.claimed'], by: nova, body: claim })
  await deed(ada, 'PATCH /users/{id}', {
    ...{ ...novas, body: { name: 'Nova B', role: 'ADMIN' } },
    actions: ['person.updated', 'person.role_changed'],
  })
  await deed(ada, 'DELETE /users/{id}', { ...novas, actions: ['person.deactivated'] })
  await deed(ada, 'POST /users/{id}/reactivate', { ...novas, actions: ['person.reactivated'] })

  await deed(ada, 'PATCH /workspace/settings', {
    ...{ body: { retentionDays: 90 }, actions: ['workspace.settings_changed'] },
  })

  const room = { name: 'Room', slug: 'room' }
  const channel = await deed(ada, 'POST /channels', { actions: ['channel.created'], body: room })
  const { id } = channelSchema.parse(channel)
  const params = { id, userId: ben.userId }
  await deed(ada, 'POST /channels/{id}/members', {
    ...{ params, body: { userId: ben.userId }, actions: ['member.added'] },
  })
  await deed(ada, 'PATCH /channels/{id}/members/{userId}', {
    ...{ params, body: { role: 'ADMIN' }, actions: ['member.role_changed'] },
  })
  await deed(ben, 'PATCH /channels/{id}/members/{userId}', {
    ...{ params, body: { muted: true }, actions: [] },
  })
  await deed(ben, 'DELETE /channels/{id}/members/{userId}', {
    ...{ params, actions: ['member.removed'] },
  })
  await deed(ada, 'PATCH /channels/{id}', {
    ...{ params, body: { name: 'Hall', posting: 'ADMINS', retentionDays: 0, type: 'PRIVATE' } },
    actions: [
      ...['channel.updated', 'channel.posting_changed'],
      ...['channel.retention_changed', 'channel.type_changed'],
    ],
  })
  const filed = await deed(ada, 'POST /channel-categories', {
    ...{ body: { name: 'Work' }, actions: ['category.created'] },
  })
  const category = { params: { id: categorySchema.parse(filed).id } }
  await deed(ada, 'PATCH /channels/{id}', {
    ...{ params, body: { categoryId: category.params.id }, actions: ['channel.moved'] },
  })
  const rename = { ...category, body: { name: 'Play' }, actions: ['category.updated'] }
  await deed(ada, 'PATCH /channel-categories/{id}', rename)
  const remove = { ...category, actions: ['category.deleted'] }
  await deed(ada, 'DELETE /channel-categories/{id}', remove)
  await deed(ada, 'DELETE /channels/{id}', { params, actions: ['channel.archived'] })
  const reopen = { params, body: { isArchived: false }, actions: ['channel.reopened'] }
  await deed(ada, 'PATCH /channels/{id}', reopen)

  const bot = { body: { name: 'bot' }, actions: ['token.created'] }
  const token = createTokenResponseSchema.parse(await deed(ben, 'POST /tokens', bot))
  const revoked = { params: { id: token.id }, actions: ['token.revoked'] }
  await deed(ben, 'DELETE /tokens/{id}', revoked)

  const person = { email: 'new@example.test', password: 'a password of New', name: 'New' }
  await deed(ben, 'POST /auth/sign-up/email', {
    ...{ body: person, by: 'anybody', actions: ['person.signed_up', 'session.started'] },
  })
  const wrong = { email: ben.email, password: 'a wrong password' }
  await deed(ada, 'POST /auth/sign-in/email', {
    ...{ body: wrong, by: null, actions: ['session.refused'] },
  })
  const started = { actions: ['session.started'], by: ben.userId }
  const right = { body: { email: ben.email, password: PASSWORD } }
  await deed(ben, 'POST /auth/sign-in/email', { ...right, ...started })
  const listed = sessionSchema
    .array()
    .parse((await api.request(ben, 'GET /auth/list-sessions')).body)
  const other = listed.find((session) => !ben.cookie.includes(session.token))
  await deed(ben, 'POST /auth/revoke-session', {
    ...{ body: { token: other?.token }, actions: ['session.revoked'] },
  })
  await deed(ben, 'POST /auth/sign-in/email', { ...right, ...started })
  const ended = { body: {}, actions: ['session.revoked'] }
  await deed(ben, 'POST /auth/revoke-other-sessions', ended)
  const rename2 = { body: { name: 'Benjamin' }, actions: ['person.updated'] }
  await deed(ben, 'POST /auth/update-user', rename2)
  const passwords = { currentPassword: PASSWORD, newPassword: 'a new password of Ben' }
  await deed(ben, 'POST /auth/change-password', {
    ...{ body: passwords, actions: ['person.password_changed'] },
  })
  await deed(ada, 'POST /users/{id}/erase', {
    ...{ ...novas, body: { confirm: newcomer.email }, actions: ['person.erased'] },
  })
  await deed(ben, 'POST /auth/sign-out', { body: {}, actions: ['session.signed_out'] })

  const ask = { email: ben.email }
  await deed(ben, 'POST /auth/request-password-reset', { body: ask, actions: [] })
  const mailed = await mailedToken(mails, '/reset-password', ben.email)
  const reset = { token: mailed, newPassword: PASSWORD }
  await deed(ben, 'POST /auth/reset-password', {
    ...{ body: reset, actions: ['person.password_reset'] },
  })
  const insertWay = `INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
    VALUES ('linked', ?, 'ada', 'oidc', 1, 1)`
  server.sqlite.prepare(insertWay).run(ada.userId)
  await deed(ada, 'DELETE /accounts/{id}', {
    ...{ params: { id: 'linked' }, actions: ['person.way_unlinked'] },
  })

  const untried = api.untried().filter((operation) => !operation.startsWith('GET '))
  expect(new Set(untried)).toEqual(new Set(Object.keys(notRelevant)))

  const log = JSON.stringify(server.sqlite.prepare('SELECT * FROM audit_logs').all())
  const secrets = [
    secret,
    mailed,
    token.token,
    PASSWORD,
    wrong.password,
    claim.password,
    person.password,
  ]
  for (const each of [...secrets, passwords.newPassword, ...listed.map((one) => one.token)]) {
    expect(each.length).toBeGreaterThan(9)
    expect(log).not.toContain(each)
  }
})

test('a deed that is refused leaves no entry', async () => {
  const before = entriesAfter(0).length
  const eve = await server.signUp('Eve')
  const signedUp = entriesAfter(0).length
  expect(signedUp).toBeGreaterThan(before)
  await eve.request('DELETE', `/api/users/${ada.userId}`)
  await eve.request('POST', '/api/channel-categories', { name: 'Mine' })
  await eve.request('POST', '/api/channels', { name: 'Room', slug: 'room' })
  await ada.request('PATCH', `/api/users/${ada.userId}`, { role: 'MEMBER', name: 'Somebody else' })
  expect(entriesAfter(0).length).toBe(signedUp)
})
