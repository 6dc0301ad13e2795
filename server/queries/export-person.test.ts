import { beforeEach, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { personExportSchema } from '../../shared/api/personal-data.ts'
import { messageSchema } from '../../shared/api/messages.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'
import { exportPerson } from './export-person.ts'
import { pageStatement, personSources } from './person-subjects.ts'

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

/** Adds so many messages of Ben's, each edited once. */
function addMessages(count: number, words: string): void {
  server.sqlite
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
       INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
       SELECT @id, 'copy ' || i, @userId, @words, 'TEXT', 2, i, i FROM n`,
    )
    .run({ count, id: channel.id, userId: ben.userId, words })
  server.sqlite.exec(
    `INSERT INTO message_revisions (conversation_id, message_id, version, content, replaced_at)
     SELECT channel_id, id, 1, 'before ' || id, 1 FROM messages`,
  )
}

test('an export misses and repeats nothing while rows before its place go', async () => {
  addMessages(1_000, 'words')
  const remove = server.sqlite.prepare('DELETE FROM messages WHERE id = ?')
  let text = ''
  let removed = 0
  for await (const part of exportPerson(server.sqlite, ben.userId)) {
    text += part
    // What is exported already is removed at once, as retention might.
    const known = [...part.matchAll(/"id":"(copy \d+)"/g)].map(([, id]) => id)
    for (const id of known.slice(0, 150)) removed += remove.run(id).changes
  }
  expect(removed).toBeGreaterThan(700)
  const ids = personExportSchema.parse(JSON.parse(text)).messages.map(({ id }) => id)
  expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => `copy ${index + 1}`))
})

test('an export has few rows in memory at a time, and others come between them', async () => {
  addMessages(1_000, 'x'.repeat(1_000))
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  let revisions = 0
  for await (const part of exportPerson(server.sqlite, ben.userId)) {
    expect(part.length).toBeLessThan(201 * 1_300)
    revisions += part.split('"before copy').length - 1
  }
  isOver = true
  expect(revisions).toBe(1_000)
  expect(turns).toBeGreaterThan(20)
})

test('each page of an export is found by an index, wherever it begins', () => {
  for (const [subject, sources] of Object.entries(personSources)) {
    for (const source of sources) {
      const keys = Object.fromEntries(source.keys.map((_, index) => [`key${index}`, 1]))
      const plan = server.sqlite
        .prepare<[object], { detail: string }>(
          `EXPLAIN QUERY PLAN ${pageStatement(source, false, 200)}`,
        )
        .all({ userId: ben.userId, ...keys })
        .map(({ detail }) => detail)
        .join('; ')
      const isBounded = plan.startsWith('SEARCH') && !/SCAN|TEMP B-TREE/.test(plan)
      expect([subject, plan, isBounded]).toEqual([subject, plan, true])
    }
  }
})

/** Columns that refer to a person, and why no subject has them. */
const elsewhere: Record<string, string> = {
  'channels.created_by': 'as the deed in the audit log',
  'direct_message_threads.created_by': 'as a participation',
  'document_clients.owner_id': 'the numbers under which the messages were written',
  'document_updates.user_id': 'what was written, before it is a message',
  'idempotency_keys.user_id': 'for a day; what it made is a message',
  'messages.deleted_by': "one's own as deleted_at, others' in the audit log",
  'direct_messages.deleted_by': "one's own as deleted_at",
  'notifications.actor_id': 'what others were told of is what one wrote',
}

test('an export leaves out no column that refers to a person, but for those with a reason', () => {
  const columns = server.sqlite
    .prepare<[], string>(
      `SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
       WHERE t.type = 'table'
         AND c.name IN ('user_id', 'owner_id', 'author_id', 'actor_id', 'created_by', 'deleted_by')`,
    )
    .pluck()
    .all()
  const read = Object.values(personSources)
    .flat()
    .map(({ from, where }) => `${from.split(' ')[0]}.${/(\w+) = @userId/.exec(where)?.[1]}`)
  expect(new Set([...read, ...Object.keys(elsewhere)])).toEqual(
    new Set([...columns, 'users.id', 'audit_logs.entity_id']),
  )
})
