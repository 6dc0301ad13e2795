import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAuditLogsResponseSchema, type AuditEntry } from '../../shared/api/audit-logs.ts'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { MessageId } from '../../shared/ids.ts'
import { openStoppedEngine } from '../import/stopped-writer.ts'
import { rebuild } from '../admin/rebuild.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { makeToken, openPlainClient } from '../testing/plain-client.ts'
import { connect } from '../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

async function read(query: string): Promise<{ entries: AuditEntry[]; nextCursor: string | null }> {
  const response = await ada.request('GET', `/api/audit-logs${query}`)
  expect(response.status).toBe(200)
  return listAuditLogsResponseSchema.parse(await response.json())
}

test('the log is read newest first, page by page, while more is noted', async () => {
  for (const slug of ['one', 'two', 'three']) await server.createChannel(ada, { name: slug, slug })
  const slugsOf = (entries: AuditEntry[]): unknown[] => entries.map(({ details }) => details.slug)
  const first = await read('?action=channel.created&limit=2')
  expect(slugsOf(first.entries)).toEqual(['three', 'two'])
  await server.createChannel(ada, { name: 'four', slug: 'four' })
  const second = await read(`?action=channel.created&limit=2&cursor=${first.nextCursor}`)
  expect(slugsOf(second.entries)).toEqual(['one'])
  expect(second.nextCursor).toBeNull()
})

test('the log is asked by actor, by what was done, to what and when', async () => {
  const channel = await server.createChannel(ben, { name: 'Ben', slug: 'bens' })
  const mine = await read(`?entityType=channel&entityId=${channel.id}&actorId=${ben.userId}`)
  expect(mine.entries).toMatchObject([{ action: 'channel.created', actorId: ben.userId }])
  const at = mine.entries[0]?.createdAt ?? 0
  const of = `?entityId=${channel.id}`
  expect((await read(`${of}&from=${at}&to=${at + 1}`)).entries.length).toBe(1)
  expect((await read(`${of}&to=${at}`)).entries).toEqual([])
  expect((await read(`${of}&from=${at + 1}`)).entries).toEqual([])
  expect((await read(`${of}&actorId=${ada.userId}`)).entries).toEqual([])
  expect((await ada.request('GET', '/api/audit-logs?action=unknown')).status).toBe(400)
})

test('the log is found by an index, however it is asked', () => {
  const plan = (where: string): string =>
    JSON.stringify(
      server.sqlite
        .prepare(
          `EXPLAIN QUERY PLAN SELECT * FROM audit_logs ${where}
           ORDER BY created_at DESC, id DESC LIMIT 50`,
        )
        .all(),
    )
  const expected = {
    '': 'audit_logs_created_at',
    "WHERE action = 'x'": 'audit_logs_action',
    "WHERE entity_type = 'x' AND entity_id = 'y'": 'audit_logs_entity',
    "WHERE actor_id = 'x'": 'audit_logs_actor_id',
    'WHERE created_at >= 1 AND created_at < 2': 'audit_logs_created_at',
  }
  for (const [where, index] of Object.entries(expected)) expect(plan(where)).toContain(index)
})

test('nothing of the log can be changed or removed', () => {
  const { sqlite } = server
  expect(() => sqlite.exec("UPDATE audit_logs SET action = 'x'")).toThrow('append-only')
  expect(() => sqlite.exec('DELETE FROM audit_logs')).toThrow('append-only')
  // Replacing a row deletes it, and no trigger of deletions hears of that.
  const rows = () => sqlite.prepare('SELECT rowid, * FROM audit_logs ORDER BY rowid').all()
  const before = rows()
  expect(before.length).toBeGreaterThan(1)
  const columns = 'actor_id, action, entity_type, entity_id, details, created_at'
  const forged = "'somebody', 'person.erased', 'person', NULL, '{}', 1"
  const replace = `INSERT OR REPLACE INTO audit_logs`
  sqlite.exec(`${replace} (id, ${columns}) SELECT id, ${forged} FROM audit_logs`)
  sqlite.exec(
    `${replace} (rowid, id, ${columns}) SELECT rowid, 'new' || rowid, ${forged} FROM audit_logs`,
  )
  expect(rows()).toEqual(before)
})

test("a moderator's deletion is noted from a document, once, with its origin, also when the tables are made anew", async () => {
  const channel = await server.createChannel(ada, { name: 'Room', slug: 'room' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  const path = `/api/channels/${channel.id}/messages`
  const posted = await Promise.all(
    [1, 2].map(async () => {
      const response = await ben.request('POST', path, { content: 'Hello' })
      return messageSchema.parse(await response.json()).id
    }),
  )
  const [byBen = '', byAda = ''] = posted
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const clients = [connect(server, ben), connect(server, ada)]
  for (const [index, person] of [ben, ada].entries()) {
    const one = clients[index]?.open(name)
    await one?.synced
    const messages = one && rootMap(one.document, 'messages')
    const id = posted[index] ?? ''
    const standing = messages?.get(id) as object // it was posted
    const tombstone = { content: '', version: 2, deletedAt: Date.now(), deletedBy: person.userId }
    messages?.set(id, { ...standing, ...tombstone })
    await one?.durable()
  }
  const noted = {
    action: 'message.deleted_by_moderator',
    actorId: ada.userId,
    details: { conversationId: channel.id, authorId: ben.userId },
    ipAddress: '127.0.0.1',
  }
  await expect.poll(async () => (await read(`?entityId=${byAda}`)).entries).toMatchObject([noted])
  expect((await read(`?entityId=${byBen}`)).entries).toEqual([])
  for (const client of clients) client.close()

  server.sqlite.prepare('DELETE FROM messages WHERE channel_id = ?').run(channel.id)
  const { loadDocument, project } = openStoppedEngine(server.sqlite, Date.now)
  rebuild({ sqlite: server.sqlite, loadDocument, project, now: Date.now })
  const again = await ada.request('GET', path)
  expect(listMessagesResponseSchema.parse(await again.json()).messages.length).toBe(2)
  expect((await read(`?entityId=${byAda}`)).entries).toMatchObject([noted])
})

test("a moderator's deletion is noted from where it came, over REST and /yjs", async () => {
  const channel = await server.createChannel(ada, { name: 'Hall', slug: 'hall' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  const path = `/api/channels/${channel.id}/messages`
  const post = async (): Promise<MessageId> => {
    const response = await ben.request('POST', path, { content: 'Hello' })
    return messageSchema.parse(await response.json()).id
  }
  const [overRest, overYjs] = [await post(), await post()]
  const headers = { cookie: ada.cookie, origin: server.url, 'user-agent': 'moderation/1' }
  await fetch(`${server.url}${path}/${overRest}`, { method: 'DELETE', headers })
  const noted = { actorId: ada.userId, ipAddress: '127.0.0.1' }
  const { entries } = await read(`?entityId=${overRest}`)
  expect(entries).toMatchObject([{ ...noted, userAgent: 'moderation/1' }])

  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const bot = openPlainClient(server, name, ada, { token: await makeToken(ada) })
  await bot.synced
  const messages = rootMap(bot.document, 'messages')
  const standing = messages.get(overYjs) as object // it was posted
  const tombstone = { content: '', version: 2, deletedAt: Date.now(), deletedBy: ada.userId }
  messages.set(overYjs, { ...standing, ...tombstone })
  await expect.poll(async () => (await read(`?entityId=${overYjs}`)).entries).toMatchObject([noted])
  bot.provider.destroy()
})
