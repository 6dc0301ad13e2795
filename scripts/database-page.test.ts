import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openReadOnly, type SqliteConnection } from '../server/database/open-database.ts'
import { startSeededServer, type SeededServer } from '../server/testing/seeded-server.ts'
import { readDatabasePage } from './database-page/read-page.ts'
import { tableGroups } from './database-page/table-words.ts'
import { workedQueries } from './database-page/worked-queries.ts'
import { projectFolder } from './run-stages.ts'

let seeded: SeededServer | undefined
let reader: SqliteConnection | undefined

beforeAll(async () => {
  seeded = await startSeededServer()
  // Beside the running server, as administrators do.
  reader = openReadOnly(seeded.server.databasePath)
})
afterAll(async () => {
  reader?.close()
  await seeded?.server.close()
})

function ask(sql: string): unknown[] {
  return reader?.prepare(sql).all() ?? []
}

/** The first rows of each answer, and how many there are when that is certain. */
const answers: Record<string, { rows: object[]; count?: number }> = {
  'What was said last in a channel?': {
    rows: [{ author: 'Ben', text: 'A picture of it' }, { author: 'Ada' }, { author: 'Ben' }],
    count: 8,
  },
  'Where was something spoken of?': {
    rows: [
      { channel: 'general', author: 'Ben', text: 'The lamp works' },
      { channel: 'attic', author: 'Ada', text: 'The old lamp is up here' },
    ],
    count: 2,
  },
  'Who wrote most in the last 30 days?': {
    rows: [
      { person: 'Ada', messages: 4, replies: 1 },
      { person: 'Ben', messages: 4, replies: 1 },
      { person: 'Cleo', messages: 1, replies: 0 },
    ],
    count: 3,
  },
  'Which channels are busiest, and by how many people?': {
    rows: [
      { channel: 'general', messages: 8, people: 3 },
      { channel: 'plans', messages: 1, people: 1 },
    ],
    count: 2,
  },
  'How much was written on each day?': { rows: [{}] },
  'Which questions has nobody answered?': {
    rows: [{ channel: 'general', author: 'Cleo', text: 'When does the boat come?' }],
    count: 1,
  },
  'How long does a question in a thread wait for its first reply, by channel?': {
    rows: [{ channel: 'general', threads: 1, minutes: expect.closeTo(0, 0) }],
    count: 1,
  },
  'Which threads are the longest?': {
    rows: [{ channel: 'general', begins: 'Who takes the school class?', replies: 2 }],
    count: 1,
  },
  'What was edited, and what did it say before?': {
    rows: [{ author: 'Ben', before: 'The lmap works', now: 'The lamp works' }],
    count: 1,
  },
  'Which messages were written offline and came in more than five minutes later?': {
    rows: [{ author: 'Ben', text: 'Out of reach of the harbour', minutes_late: 60 }],
    count: 1,
  },
  'Which emoji are used most?': { rows: [{ emoji: '🎉', times: 2, people: 2 }], count: 1 },
  'Who is named most often?': { rows: [{ person: 'Ben', times: 1 }], count: 1 },
  'Who is in which private channel, and as what?': {
    rows: [
      { channel: 'plans', person: 'Ada', channel_role: 'OWNER' },
      { channel: 'plans', person: 'Ben', channel_role: 'MEMBER' },
    ],
    count: 2,
  },
  'Who may administer the workspace?': {
    rows: [{ person: 'Ada', email: 'ada@example.test', role: 'OWNER' }],
    count: 1,
  },
  'Who has not been here for 30 days?': {
    rows: [{ person: expect.stringMatching(/Ada|Cleo/), last_seen: null }],
    count: 2,
  },
  'Which channels has nobody written in for 30 days?': { rows: [{ slug: 'attic' }], count: 1 },
  'What do channels take on the disk?': {
    rows: [{ channel: 'general', messages: 8, file_bytes: expect.any(Number) }],
    count: 3,
  },
  "Whose files take the most, and which is a person's largest?": {
    rows: [{ person: 'Ben', files: 1, largest: 'lamp.png' }],
    count: 1,
  },
  'Which access tokens have not been used for 90 days?': {
    rows: [{ person: 'Ada', token: 'night watch', last_used: null }],
    count: 1,
  },
  'What did administrators do in the last week?': {
    rows: [{ actor: 'Ada', action: 'channel.moved', entity: 'general' }],
  },
}

test('docs/database.md is what `npm run docs` writes', async () => {
  expect(readFileSync(join(projectFolder, 'docs/database.md'), 'utf8')).toBe(
    await readDatabasePage(),
  )
})

test('each table is written by the files that the page names', () => {
  for (const [table, { writers }] of tableGroups.flatMap(({ tables }) => Object.entries(tables))) {
    expect(writers.length).toBeGreaterThan(0)
    for (const writer of writers) {
      const path = join(projectFolder, writer)
      expect(existsSync(path), `${writer}, which writes ${table}`).toBe(true)
    }
  }
})

test('twenty questions have an answer', () => {
  expect(workedQueries).toHaveLength(20)
  expect(workedQueries.map(({ question }) => question)).toEqual(Object.keys(answers))
})

test.for(workedQueries)('a reader beside the server learns: $question', ({ question, sql }) => {
  const found = ask(sql)
  const { rows, count } = answers[question] ?? { rows: [] }
  expect(found.slice(0, rows.length)).toMatchObject(rows)
  if (count !== undefined) expect(found).toHaveLength(count)
})

test('no view and no table shows what was deleted', () => {
  const stored = JSON.stringify([
    ...['v_messages', 'v_direct_messages', 'messages', 'message_revisions'].map((name) =>
      ask(`SELECT * FROM ${name}`),
    ),
    ask('SELECT * FROM v_unanswered_questions'),
  ])
  expect(stored).toContain('The lmap works')
  expect(stored).not.toMatch(/swordfish|marlin/)
  expect(
    ask("SELECT deleted_messages FROM v_storage_by_channel WHERE channel = 'general'"),
  ).toEqual([{ deleted_messages: 1 }])
})

test('direct messages are in a view of their own alone', () => {
  expect(
    ask('SELECT participants, author, text FROM v_direct_messages ORDER BY created_at'),
  ).toEqual([
    { participants: 'Ada, Ben', author: 'Ada', text: 'Between the two of us' },
    { participants: 'Ada, Ben', author: 'Ben', text: 'Of course' },
  ])
  expect(ask("SELECT * FROM v_messages WHERE text IN ('Of course')")).toEqual([])
})

test('channels and documents are told with what holds in them', () => {
  expect(ask("SELECT * FROM v_channels WHERE channel = 'general'")).toEqual([
    {
      ...{ channel: 'general', name: 'General', channel_type: 'PUBLIC', category: 'The island' },
      ...{ posting: 'EVERYONE', is_archived: 0, members: 3, kept_days: null, creator: 'Ada' },
      created: expect.any(String),
      changed: expect.any(String),
      last_message: expect.any(String),
      channel_id: expect.any(String),
    },
  ])
  const [dm] = ask("SELECT * FROM v_documents WHERE document LIKE 'dm:%'")
  expect(dm).toMatchObject({
    ...{
      snapshot_bytes: 0,
      waiting_updates: 0,
      last_writer: 'Ben',
      last_update: expect.any(String),
    },
    journal_updates: expect.any(Number),
  })
})

/** The commands of the page for the shell of SQLite, which not every machine has. */
const hasShell = spawnSync('sqlite3', ['--version']).status === 0
const shellCommands = [
  ...readFileSync(join(import.meta.dirname, 'database-page/intro.md'), 'utf8').matchAll(
    /^sqlite3 .*$/gm,
  ),
].map(([command]) => command)

test.skipIf(!hasShell).for(shellCommands)(
  'beside the server it does what it says: %s',
  (command) => {
    const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
    symlinkSync(seeded?.server.folder ?? '', join(folder, 'data'))
    try {
      const { status, stdout, stderr } = spawnSync('bash', ['-c', command.replace('/tmp/', '')], {
        ...{ cwd: folder, encoding: 'utf8' },
        input:
          "SELECT author FROM v_messages WHERE text = 'Thank you';\nDELETE FROM channel_categories;\n",
      })
      const isAsking = command.endsWith('.db')
      if (isAsking) {
        expect(stdout).toContain('Ada')
        expect(stderr).toContain('readonly')
      } else {
        expect([status, stderr]).toEqual([0, ''])
      }
      for (const name of readdirSync(folder).filter((each) => each !== 'data')) {
        const made = readFileSync(join(folder, name), 'latin1')
        expect(made).toMatch(/^(SQLite format 3|day,channel,person)/)
      }
      expect(readdirSync(folder).length).toBe(isAsking ? 1 : 2)
    } finally {
      rmSync(folder, { recursive: true })
    }
    expect(ask('SELECT 1 FROM channel_categories')).toHaveLength(1)
  },
)

test('a reader cannot write', () => {
  expect(() => reader?.exec('DELETE FROM messages')).toThrow('readonly')
})
