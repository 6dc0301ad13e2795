import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listCategoriesResponseSchema } from '../../shared/api/channel-categories.ts'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { createFileRows } from '../files/file-rows.ts'
import { startFullServer, type FullServer } from '../testing/full-server.ts'
import { growStore } from '../testing/grow-store.ts'
import { answer } from '../testing/notified-people.ts'
import { explainEach, wrongIndexes, wrongScans, type Plan } from '../testing/hot-queries.ts'
import { explain, type RunStatement } from '../testing/record-statements.ts'
import { PASSWORD } from '../testing/running-server.ts'
import type { SeededServer } from '../testing/seeded-server.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { uploadFile } from '../testing/upload.ts'

let full: FullServer
/** Each statement that ran since the server listened, with the values of its first run. */
const statements = new Map<string, unknown[]>()

beforeAll(async () => {
  // What a start does once is not asked again.
  let isListening = false
  const listen = (): unknown => (isListening = true)
  const onStatement = ({ sql, parameters }: RunStatement): void => {
    if (isListening && !statements.has(sql)) statements.set(sql, parameters)
  }
  full = await startFullServer(listen, { onStatement })
  isListening = false
  await full.server.restart()
  isListening = true
  await liveOn(full)
  createFileRows(full.server.sqlite, () => true).deleteOrphans(0, 0, 1)
  isListening = false
})
afterAll(() => full.close())

/** Everything that people and programs ask for all day long. */
async function liveOn({ server, ada, ben, cleo }: SeededServer): Promise<void> {
  const { channels } = listChannelsResponseSchema.parse(await answer(ada, 'GET', '/api/channels'))
  const id = channels.find(({ slug }) => slug === 'general')?.id
  const place = `/api/channels/${id}`
  const page = listMessagesResponseSchema.parse(
    await answer(ben, 'GET', `${place}/messages?limit=2`),
  )
  const [first] = page.messages
  const reads = [
    ...['/api/users/me', '/api/users', '/api/users?search=be', '/api/dm', '/api/tokens'],
    ...['/api/notifications', '/api/notifications?unreadOnly=true', '/api/channel-categories'],
    ...['', '?action=channel.created', `?entityType=channel&entityId=${id}`].map(
      (query) => `/api/audit-logs${query}`,
    ),
    `/api/audit-logs?actorId=${ada.userId}`,
    ...[place, `${place}/members`, `${place}/pins`, `${place}/messages/${first?.id}`],
    `${place}/messages?cursor=${page.nextCursor}`,
    ...['replies', 'revisions'].map((what) => `${place}/messages/${first?.id}/${what}`),
    ...['preferences', 'export'].map((what) => `/api/users/${ada.userId}/${what}`),
  ]
  for (const path of reads) await answer(ada, 'GET', path)
  const { categories } = listCategoriesResponseSchema.parse(
    await answer(ada, 'GET', '/api/channel-categories'),
  )
  await answer(ada, 'DELETE', `/api/channel-categories/${categories[0]?.id}`)
  await talkOn(server, [ada, ben, cleo], place)
}

async function talkOn(
  server: SeededServer['server'],
  [ada, ben, cleo]: [SeededServer['ada'], SeededServer['ben'], SeededServer['cleo']],
  place: string,
): Promise<void> {
  const dan = await server.signUp('Dan')
  await answer(dan, 'POST', `${place}/members`, { userId: dan.userId })
  const post = { content: `<@${cleo.userId}> the boat is late` }
  const sent = messageSchema.parse(await answer(dan, 'POST', `${place}/messages`, post))
  await answer(ben, 'POST', `${place}/messages`, { content: 'Again?', parentId: sent.id })
  await answer(ada, 'POST', `${place}/messages/${sent.id}/reactions`, { emoji: '⛵' })
  await answer(dan, 'PATCH', `${place}/messages/${sent.id}`, { content: 'The boat is in' })
  await answer(cleo, 'POST', `${place}/read`, { messageId: sent.id })
  await uploadFile(dan, 'a list')
  const { token } = createTokenResponseSchema.parse(
    await answer(dan, 'POST', '/api/tokens', { name: 'bot' }),
  )
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(`${server.url}${place}/messages`, { headers })).ok).toBe(true)
  await signIn(server.url, dan.email)
}

async function signIn(url: string, email: string): Promise<void> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  expect(response.ok).toBe(true)
}

/** By table: what an index of it begins with. */
const promisedIndexes: Record<string, string[]> = {
  users: ['lower(email)', 'status', 'last_seen_at'],
  messages: [
    ...['channel_id, created_at', 'author_id', 'parent_id', 'created_at'],
    'channel_id, created_at, author_id, content, type',
  ],
  direct_messages: ['thread_id, created_at'],
  direct_message_threads: ['last_message_at DESC'],
  notifications: ['user_id, read_at', 'user_id, created_at', 'is_urgent'],
  read_receipts: ['user_id, message_id'],
  audit_logs: ['entity_type, entity_id', 'action'],
}

test('the indexes that people who query the store rely on are there', () => {
  const indexes = full.server.sqlite
    .prepare<[], { sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    )
    .all()
    .map(({ sql }) => sql.replaceAll(/\s+/g, ' '))
  for (const [table, columns] of Object.entries(promisedIndexes)) {
    for (const begin of columns) {
      const isThere = indexes.some((sql) => sql.includes(` ON ${table} (${begin}`))
      expect(isThere, `${table} (${begin})`).toBe(true)
    }
  }
})

/** A store of the same schema, full of rows, with or without statistics. */
function openGrownStore(hasStatistics: boolean): TemporaryDatabase {
  const database = openTemporaryDatabase()
  growStore(database.sqlite)
  if (hasStatistics) database.sqlite.exec('ANALYZE')
  return database
}

const plansOver = (sqlite: SqliteConnection): Plan[] => explainEach(sqlite, statements)

describe.each([
  { over: 'an empty store', open: () => openTemporaryDatabase() },
  { over: 'a full store', open: () => openGrownStore(false) },
  { over: 'a full store with statistics', open: () => openGrownStore(true) },
])('over $over', ({ open }) => {
  let store: TemporaryDatabase
  let plans: Plan[]
  beforeAll(() => {
    store = open()
    plans = plansOver(store.sqlite)
  })
  afterAll(() => store.close())

  test('no statement of a running server scans a big table', () => {
    expect(plans.length).toBeGreaterThan(150)
    expect(wrongScans(plans)).toEqual([])
  })

  test('each query that is asked again and again is read through the index meant for it', () => {
    expect(wrongIndexes(plans)).toEqual([])
  })
})

/** What only people ask who query the store, and the index that is there for it. */
const asked: Record<string, string> = {
  users_status: "SELECT name FROM users WHERE status = 'AWAY'",
  users_last_seen_at: 'SELECT name FROM users WHERE last_seen_at < 1 ORDER BY last_seen_at',
  channels_type: "SELECT id FROM channels WHERE type = 'PRIVATE'",
  direct_message_threads_last_message_at:
    'SELECT id FROM direct_message_threads ORDER BY last_message_at DESC LIMIT 20',
  messages_created_at:
    'SELECT content FROM messages WHERE created_at > 1 ORDER BY created_at LIMIT 20',
  messages_parent_id: "SELECT content FROM messages WHERE parent_id = 'a message'",
  messages_author_id: "SELECT content FROM messages WHERE author_id = 'somebody'",
  'COVERING INDEX messages_live': `SELECT author_id, content, type FROM messages
    WHERE channel_id = 'a channel' AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 20`,
  notifications_is_urgent: 'SELECT user_id FROM notifications WHERE is_urgent = 1',
  read_receipts_message_id:
    "SELECT 1 FROM read_receipts WHERE user_id = 'somebody' AND message_id = 'a message'",
}

test.for(Object.entries(asked))('people who query the store have %s', ([uses, sql]) => {
  const store = openGrownStore(true)
  for (const { sqlite } of [full.server, store]) {
    const plan = explain({ sqlite, statements: [{ sql, parameters: [] }] })
    expect(plan.join('\n')).toMatch(new RegExp(`${uses}\\b`))
    expect(plan.filter((step) => step.startsWith('USE TEMP B-TREE'))).toEqual([])
  }
  return store.close()
})

/** Each index of its own, without those that keep something unique. */
function plainIndexes(): string[] {
  return full.server.sqlite
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'",
    )
    .pluck()
    .all()
}

test('every index is used, by the server or by people who query the store', () => {
  const plans = plansOver(full.server.sqlite).flatMap(({ steps }) => steps)
  const used = [...plans, ...Object.keys(asked).map((name) => `INDEX ${name} `)].join('\n')
  expect(plainIndexes().filter((name) => !new RegExp(`INDEX ${name}\\b`).test(used))).toEqual([])
})

test.for([
  ...['messages_author_id', 'accounts_user_id', 'direct_message_participants_user_id'],
  ...['mentions_user_id', 'notifications_user_id_created_at', 'users_lower_email'],
  ...['message_reactions_user_id', 'document_updates_document_name', 'users_name'],
])('without the index %s these tests would fail', (name) => {
  const { sqlite } = full.server
  sqlite.exec(`BEGIN; DROP INDEX ${name}`)
  try {
    const plans = plansOver(sqlite)
    expect([...wrongScans(plans), ...wrongIndexes(plans)]).not.toEqual([])
  } finally {
    sqlite.exec('ROLLBACK')
  }
})
