import { beforeEach, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { personExportSchema } from '../../shared/api/personal-data.ts'
import { messageSchema } from '../../shared/api/messages.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel

beforeEach(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'C', slug: 'common' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  return () => server.close()
})

const exportOf = (person: TestPerson, by = person): Promise<Response> =>
  by.request('GET', `/api/users/${person.userId}/export`)

test('an export has all that concerns the person, page after page, and nothing of others', async () => {
  const messages = `/api/channels/${channel.id}/messages`
  const file = await uploadFile(ben, 'bytes', { name: 'notes.txt' })
  const body = { content: 'first', fileIds: [file.id] }
  const first = messageSchema.parse(await (await ben.request('POST', messages, body)).json())
  await ben.request('PATCH', `${messages}/${first.id}`, { content: 'first, edited' })
  await ben.request('POST', `${messages}/${first.id}/reactions`, { emoji: '👍' })
  await ada.request('POST', messages, { content: `secret of Ada, to <@${ben.userId}>` })
  await ben.request('PATCH', `/api/users/${ben.userId}/preferences`, { keywords: ['boat'] })
  const token = createTokenResponseSchema.parse(
    await (await ben.request('POST', '/api/tokens', { name: 'bot' })).json(),
  )
  server.sqlite
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)
       INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
       SELECT ?, 'copy ' || i, ?, 'copy ' || i, 'TEXT', 1, i, i FROM n`,
    )
    .run(channel.id, ben.userId)

  const response = await exportOf(ben)
  expect(response.headers.get('content-disposition')).toContain('attachment')
  const text = await response.text()
  const exported = personExportSchema.parse(JSON.parse(text))
  expect(exported.profile).toMatchObject([{ id: ben.userId, email: ben.email, name: 'Ben' }])
  const copies = Array.from({ length: 450 }, (_, index) => `copy ${index + 1}`)
  expect(exported.messages).toHaveLength(1 + copies.length)
  expect(new Set(exported.messages.map(({ content }) => content))).toEqual(
    new Set(['first, edited', ...copies]),
  )
  expect(exported).toMatchObject({
    revisions: [{ message_id: first.id, content: 'first' }],
    reactions: [{ message_id: first.id, emoji: '👍' }],
    files: [{ id: file.id, name: 'notes.txt', message_id: first.id }],
    notifications: [{ kind: 'MENTION', actor_id: ada.userId }],
    mentions: [{ conversation_id: channel.id }],
    channels: [{ id: channel.id, role: 'MEMBER' }],
    preferences: [{ keywords: '["boat"]' }],
    accessTokens: [{ name: 'bot' }],
    pins: [],
  })
  expect(exported.sessions.length).toBeGreaterThan(0)
  expect(exported.auditLog.map(({ action }) => action)).toContain('token.created')
  const secrets = server.sqlite
    .prepare<[], string>(
      `SELECT token FROM sessions UNION SELECT password FROM accounts
       UNION SELECT token_hash FROM personal_access_tokens`,
    )
    .pluck()
    .all()
  expect(secrets.length).toBeGreaterThan(3)
  for (const word of [...secrets, token.token, 'secret of Ada', ada.email]) {
    expect(text).not.toContain(word)
  }
})

test('one exports oneself, owners anybody, and each time it is noted', async () => {
  expect(await problemOf(await exportOf(ada, ben))).toBe('403 forbidden')
  expect((await exportOf(ben, ada)).status).toBe(200)
  const odd = await ada.request('GET', '/api/users/nobody/export')
  expect(await problemOf(odd)).toBe('400 invalid_request')
  const noted = server.sqlite
    .prepare("SELECT actor_id, entity_id FROM audit_logs WHERE action = 'person.exported'")
    .raw()
    .all()
  expect(noted).toEqual([[ada.userId, ben.userId]])
})
