import { afterAll, beforeAll, expect, test } from 'vitest'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { answer } from '../testing/notified-people.ts'
import { PASSWORD } from '../testing/running-server.ts'
import { startSeededServer, type SeededServer } from '../testing/seeded-server.ts'
import { uploadFile } from '../testing/upload.ts'

/** Those that grow with what people do; a workspace has few channels and categories. */
const bigTables = [
  ...['users', 'accounts', 'sessions', 'channel_members', 'user_preferences'],
  ...['direct_message_threads', 'direct_message_participants'],
  ...['messages', 'direct_messages', 'message_revisions', 'message_reactions', 'message_pins'],
  ...['mentions', 'notifications', 'read_receipts', 'file_uploads', 'audit_logs'],
  ...['documents', 'document_updates', 'document_clients', 'search_entries'],
]

/** Steps that walk along a big table, and why that is right: no other may. */
const rightScans: { step: RegExp; statement: RegExp; because: string }[] = [
  {
    step: /^SCAN users USING INDEX users_name$/,
    statement: /order by "users"\."name".* limit \d/s,
    because: 'the list of people is in its order, and ends with the page',
  },
  {
    step: /^SCAN audit_logs USING INDEX audit_logs_created_at$/,
    statement: /order by "created_at" desc.* limit \d/s,
    because: 'the audit log is in its order, and ends with the page',
  },
  {
    step: /^SCAN users$/,
    statement: /NOT EXISTS \(SELECT 1 FROM users WHERE role = 'OWNER'\)/,
    because: 'whoever signs up first becomes the owner: it ends with the first one that it finds',
  },
  {
    step: /^SCAN direct_message_threads$/,
    statement: /^insert into "users"/,
    because: 'a reference to this person could only have waited for them in the same transaction',
  },
  {
    step: /^SCAN p USING (COVERING )?INDEX user_preferences_(notify_all|keywords)$/,
    statement: /^WITH candidates/,
    because: 'the index has those alone who wish for more than most',
  },
  {
    step: /^SCAN n USING INDEX notifications_not_judged$/,
    statement: /urgency_score IS NULL/,
    because: 'the index has those alone that are to be judged now',
  },
]

/** What the server asks again and again, and the index that is meant for it. */
const hotQueries: { what: string; statement: RegExp; uses: string }[] = [
  {
    what: 'signing in, by e-mail',
    statement: /FROM users WHERE lower\(email\) = lower\(/,
    uses: 'users_lower_email',
  },
  {
    what: "a person's accounts",
    statement: /from "accounts" where "accounts"\."user_id"/,
    uses: 'accounts_user_id',
  },
  {
    what: 'whose session it is',
    statement: /from "sessions" where "sessions"\."token"/,
    uses: 'sqlite_autoindex_sessions_2',
  },
  {
    what: 'whose token it is',
    statement: /FROM personal_access_tokens\s+WHERE token_hash/,
    uses: 'sqlite_autoindex_personal_access_tokens_2',
  },
  {
    what: 'what somebody may do in a channel',
    statement: /^SELECT c\.type/,
    uses: 'm USING PRIMARY KEY (channel_id=? AND user_id=?)',
  },
  {
    what: 'the list of channels, with how many are in them',
    statement: /^select "channels"/,
    uses: 'SEARCH member USING PRIMARY KEY (channel_id=?)',
  },
  {
    what: 'the list of DMs',
    statement: /^select "thread"/,
    uses: 'direct_message_participants_user_id',
  },
  {
    what: "a person's notifications",
    statement: /from "notifications" as "n".*order by/s,
    uses: 'notifications_user_id_created_at',
  },
  {
    what: 'how many notifications are unread',
    statement: /count\(\*\) AS count FROM notifications/,
    uses: 'notifications_user_id_read_at',
  },
  {
    what: 'everything that was done to one thing',
    statement: /from "audit_logs".*"entity_type"/s,
    uses: 'audit_logs_entity',
  },
  {
    what: 'all acts of one kind',
    statement: /from "audit_logs".*"action" = /s,
    uses: 'audit_logs_action',
  },
  {
    what: 'all that somebody did',
    statement: /from "audit_logs".*"actor_id" = /s,
    uses: 'audit_logs_actor_id',
  },
  {
    what: 'who wants to hear of everything in a channel',
    statement: /^WITH candidates/,
    uses: 'channel_members_notify_all',
  },
  {
    what: 'who wants to hear of everything anywhere',
    statement: /^WITH candidates/,
    uses: 'user_preferences_notify_all',
  },
  {
    what: 'who has keywords',
    statement: /^WITH candidates/,
    uses: 'user_preferences_keywords',
  },
  {
    what: 'which deliveries are due',
    statement: /FROM notification_outbox.*next_attempt_at/s,
    uses: 'notification_outbox_due',
  },
  {
    what: 'the updates after a snapshot',
    statement: /update_bytes AS "update"/,
    uses: 'document_updates_document_name',
  },
  {
    what: 'whose a clientID is',
    statement: /SELECT owner_id AS ownerId FROM document_clients/,
    uses: 'document_clients USING PRIMARY KEY (document_name=? AND client_id=?)',
  },
  {
    what: 'how much somebody has uploaded',
    statement: /sum\(size_bytes\)/,
    uses: 'file_uploads_owner_id',
  },
]

let seeded: SeededServer
/** Each statement that ran since the server listened, with the steps in which SQLite runs it. */
const plans = new Map<string, string[]>()

beforeAll(async () => {
  const statements = new Set<string>()
  seeded = await startSeededServer({ onStatement: (sql) => statements.add(sql) })
  await seeded.server.restart()
  // What a start does once, and what the seeding looked up for itself, is not asked again.
  statements.clear()
  await liveOn(seeded)
  const { sqlite } = seeded.server
  for (const sql of [...statements]) {
    if (!/^\s*(select|with|insert|update|delete)/i.test(sql)) continue
    const steps = sqlite.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all()
    plans.set(
      sql.trim(),
      steps.map(({ detail }) => detail),
    )
  }
})
afterAll(() => seeded.server.close())

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
    `/api/users/${ada.userId}/preferences`,
  ]
  for (const path of reads) await answer(ada, 'GET', path)
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

/** The table that a step walks along, by the name that it has in the statement. */
function scannedTable(sql: string, step: string): string | undefined {
  const [, scanned] = /^SCAN (\w+)/.exec(step) ?? []
  const names = sql.matchAll(/(?:from|join|into|update)\s+"?(\w+)"?(?:\s+as\s+"?(\w+)"?)?/gi)
  const tables = new Map([...names].map(([, table = '', alias = table]) => [alias, table]))
  return scanned && (tables.get(scanned) ?? scanned)
}

/** By table: what an index of it begins with. */
const promisedIndexes: Record<string, string[]> = {
  users: ['lower(email)', 'status', 'last_seen_at'],
  messages: [
    ...['channel_id, created_at', 'author_id', 'channel_id, parent_id', 'created_at'],
    'channel_id, created_at, author_id, content, type',
  ],
  direct_messages: ['thread_id, created_at'],
  direct_message_threads: ['last_message_at DESC'],
  notifications: ['user_id, read_at', 'user_id, created_at', 'is_urgent'],
  read_receipts: ['user_id, message_id'],
  audit_logs: ['entity_type, entity_id', 'action'],
}

test('the indexes that people who query the store rely on are there', () => {
  const indexes = seeded.server.sqlite
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

test('no statement of a running server scans a big table', () => {
  expect(plans.size).toBeGreaterThan(100)
  const scans = [...plans].flatMap(([sql, steps]) =>
    steps
      .filter((step) => bigTables.includes(scannedTable(sql, step) ?? ''))
      .filter(
        (step) =>
          !rightScans.some(({ step: right, statement }) => right.test(step) && statement.test(sql)),
      )
      .map((step) => `${step}: ${sql.slice(0, 300)}`),
  )
  expect(scans).toEqual([])
})

test.for(hotQueries)('$what is read through $uses', ({ statement, uses }) => {
  const found = [...plans].filter(([sql]) => statement.test(sql))
  expect(found.length).toBeGreaterThan(0)
  for (const [, steps] of found) expect(steps.join('\n')).toContain(uses)
})
