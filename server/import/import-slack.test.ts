import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verify } from '../admin/verify.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { silentProgress } from './import-progress.ts'
import type { ImportReport } from './import-report.ts'
import { importSlack } from './import-slack.ts'
import { createStoppedTarget } from './stopped-target.ts'
import { openStoppedEngine } from './stopped-writer.ts'
import { inventedExport, message, someTime, ts } from './testing/invented-export.ts'
import { createZipFolder, zipBytes, type ZipContent, type ZipFolder } from './testing/zip-files.ts'

const now = (): number => 1_790_000_000_000
let database: TemporaryDatabase
let folder: ZipFolder
beforeEach(() => {
  database = openTemporaryDatabase()
  folder = createZipFolder()
})
afterEach(async () => {
  await database.close()
  folder.remove()
})

async function importFiles(
  files: ZipContent,
  onFault: 'skip' | 'abort' = 'abort',
  signal: AbortSignal = new AbortController().signal,
): Promise<ImportReport> {
  const path = folder.write(await zipBytes(files))
  return importPath(path, onFault, signal)
}

function importPath(
  path: string,
  onFault: 'skip' | 'abort',
  signal: AbortSignal,
): Promise<ImportReport> {
  const limits = { maxMessages: MAX_MESSAGES, maxClients: 300 }
  const target = createStoppedTarget({ sqlite: database.sqlite, now, limits })
  return importSlack({ target, now, progress: silentProgress, signal }, { path, onFault })
}

/** So few that every channel of some size becomes a chain. */
const MAX_MESSAGES = 12

/** A signal that is aborted at its n-th check. */
function abortedAtCheck(count: number): AbortSignal {
  const stop = new AbortController()
  let checks = 0
  const check = (): void => {
    checks += 1
    if (checks >= count) stop.abort()
    stop.signal.throwIfAborted()
  }
  return new Proxy(stop.signal, {
    get: (target, key): unknown => (key === 'throwIfAborted' ? check : Reflect.get(target, key)),
  })
}

interface Row {
  name: string
  content: string
  type: string
  version: number
  createdAt: number
  parent: string | null
}

function messagesIn(slug: string): Row[] {
  return database.sqlite
    .prepare<[string], Row>(
      `SELECT u.name, m.content, m.type, m.version, m.created_at AS createdAt, p.content AS parent
       FROM messages AS m JOIN channels AS c ON c.id = m.channel_id JOIN users AS u ON u.id = m.author_id
       LEFT JOIN messages AS p ON p.channel_id = m.channel_id AND p.id = m.parent_id
       WHERE c.slug = ? ORDER BY m.created_at, m.id`,
    )
    .all(slug)
}

function all(sql: string): unknown[] {
  return database.sqlite.prepare(sql).all()
}

/** Everything that an import writes, but for the journal, whose rows are trimmed. */
function snapshotOfTables(): unknown {
  const tables = ['users', 'channels', 'channel_members', 'messages', 'direct_messages']
  const more = [
    'direct_message_threads',
    'direct_message_participants',
    'message_reactions',
    'message_revisions',
  ]
  return [...tables, ...more].map((table) => all(`SELECT * FROM ${table} ORDER BY 1, 2`))
}

function differences(): unknown[] {
  return verify(database.sqlite, openStoppedEngine(database.sqlite, now).loadDocument)
}

describe('an export with one of everything', () => {
  test('P3 becomes people, channels, DMs and history, and the tables equal the documents', async () => {
    const report = await importFiles(inventedExport)
    expect(report).toMatchObject({ isWritten: true, faults: [], workspace: 'T1' })
    expect(report.added).toEqual(report.found)
    expect(report.found).toMatchObject({ channels: 3, dms: 2 })
    expect(differences()).toEqual([])
  })

  test('keeps who said what, when, in which thread', async () => {
    await importFiles(inventedExport)
    const rows = messagesIn('general')
    const [join, hello, reply] = rows
    expect(join).toMatchObject({ type: 'SYSTEM', name: 'Ada Example' })
    expect(hello?.content).toMatch(/^Hello \*\*world\*\* <3 <@[0-9a-f-]{36}> <@here>$/)
    expect(hello?.createdAt).toBe((someTime + 2) * 1000)
    expect(reply).toMatchObject({ name: 'Ben B', parent: hello?.content })
    const byContent = new Map(rows.map((row) => [row.content, row]))
    expect(byContent.get('Rain')?.name).toBe('Weather')
    expect(byContent.get('Nobody lists me')?.name).toBe('Gone Person')
    expect(byContent.get('An answer to what is missing')?.parent).toBe(null)
    expect(byContent.get('_waves_')).toBeDefined()
    expect(
      byContent.get('Build\n\n> [Run 1](<https://ci.test/1>)\n> **passed**\n> Took: 3 s')?.name,
    ).toBe('Helper')
  })

  test('keeps edits, with what was said before when the export knows it', async () => {
    await importFiles(inventedExport)
    expect(messagesIn('general').filter(({ version }) => version === 2)).toMatchObject([
      { content: 'As it is' },
      { content: 'Edited once' },
      { content: '' },
    ])
    expect(all('SELECT content, version FROM message_revisions')).toEqual([
      { content: 'As it was', version: 1 },
    ])
  })

  test('keeps reactions, as emoji where Slack’s name has one', async () => {
    await importFiles(inventedExport)
    expect(
      all('SELECT emoji, count(*) AS count FROM message_reactions GROUP BY emoji ORDER BY emoji'),
    ).toEqual([
      { emoji: ':party-llama:', count: 1 },
      { emoji: '👍🏼', count: 2 },
    ])
  })

  test('links files without the token that opens all of them', async () => {
    await importFiles(inventedExport)
    const [row] = messagesIn('general').filter(({ content }) => content.includes('plan.pdf'))
    expect(row?.content).toBe(
      '[plan.pdf](<https://slack.test/files/F1/plan.pdf>)\n' +
        '[b.txt](<https://files.slack.test/F2>)\n(a file that was deleted)',
    )
  })

  test('cuts a message that is too long into several, without losing a word', async () => {
    await importFiles(inventedExport)
    const parts = messagesIn('general').filter(({ content }) => content.includes('long line'))
    expect(parts.length).toBe(3)
    const words = parts.flatMap(({ content }) => content.split(/\s+/))
    expect(words.filter((word) => word === 'words').length).toBe(2_000)
    expect(words.at(-1)).toBe('end')
  })

  test('makes people without accounts, and lets the departed stay away', async () => {
    await importFiles(inventedExport)
    expect(
      all(
        'SELECT name, email, deactivated_at IS NOT NULL AS gone FROM users ORDER BY name LIMIT 2',
      ),
    ).toEqual([
      { name: 'Ada Example', email: 'ada@example.test', gone: 0 },
      { name: 'Ben B', email: null, gone: 1 },
    ])
    expect(all('SELECT * FROM accounts')).toEqual([])
  })

  test('lets those who were guests see no more here than there', async () => {
    await importFiles(inventedExport)
    expect(all("SELECT name FROM users WHERE role = 'GUEST'")).toEqual([{ name: 'guest' }])
    expect(all("SELECT name FROM users WHERE role NOT IN ('GUEST', 'MEMBER')")).toEqual([])
  })

  test('keeps channels private, archived and described as they were', async () => {
    await importFiles(inventedExport)
    expect(
      all(
        'SELECT slug, type, archived_at IS NOT NULL AS archived, description FROM channels ORDER BY slug',
      ),
    ).toEqual([
      { slug: 'general', type: 'PUBLIC', archived: 0, description: 'Everything\n\nNow & then' },
      { slug: 'old-things', type: 'PUBLIC', archived: 1, description: null },
      { slug: 'secret', type: 'PRIVATE', archived: 0, description: null },
    ])
    expect(
      all(
        "SELECT 1 FROM channel_members AS m JOIN users AS u ON u.id = m.user_id WHERE u.email IS NOT NULL AND m.role = 'OWNER'",
      ),
    ).toHaveLength(1)
  })

  test('says what it left out or changed in form', async () => {
    const { notes } = await importFiles(inventedExport)
    expect(notes).toEqual({
      'reactions whose giver Slack did not name': 1,
      'messages deleted in Slack, kept as deleted': 1,
      'messages without any content': 1,
      'messages too long for one, split into several': 1,
      'replies whose first message is missing, kept as messages of their own': 1,
    })
  })
})

describe('importing again', () => {
  test('adds nothing twice', async () => {
    await importFiles(inventedExport)
    const before = snapshotOfTables()
    const again = await importFiles(inventedExport)
    expect(again.added).toEqual({ people: 0, channels: 0, dms: 0, messages: 0, reactions: 0 })
    expect(snapshotOfTables()).toEqual(before)
  })

  test('undoes nothing that people changed since', async () => {
    await importFiles(inventedExport)
    database.sqlite.exec(`UPDATE users SET name = 'Ada Renamed' WHERE email = 'ada@example.test';
      UPDATE channels SET name = 'renamed' WHERE slug = 'general';
      DELETE FROM channel_members`)
    const before = snapshotOfTables()
    await importFiles(inventedExport)
    expect(snapshotOfTables()).toEqual(before)
  })

  test('a later export brings what is new and what was edited', async () => {
    await importFiles(inventedExport)
    const later = await importFiles({
      ...inventedExport,
      'secret/2020-09-13.json': [
        message(10, { user: 'U1ADA', text: 'psst!', edited: { ts: ts(900) } }),
        message(901, { user: 'U4NEW', text: 'I am new' }),
      ],
    })
    expect(later.added).toMatchObject({ people: 1, messages: 1 })
    expect(messagesIn('secret')).toMatchObject([
      { content: 'psst!', version: 2 },
      { content: 'I am new', name: 'U4NEW' },
    ])
    expect(differences()).toEqual([])
  })

  test('completes an import that was interrupted between any two batches', async () => {
    const many = {
      ...inventedExport,
      'secret/2020-09-13.json': Array.from({ length: 500 }, (_, n) =>
        message(n, { user: 'U1ADA', text: `number ${n}` }),
      ),
    }
    let interruptions = 0
    let report: ImportReport | undefined
    while (report === undefined) {
      try {
        report = await importFiles(many, 'abort', abortedAtCheck(12))
      } catch (error) {
        expect(error).toMatchObject({ name: 'AbortError' })
        interruptions += 1
        expect(differences()).toEqual([])
      }
    }
    expect(interruptions).toBeGreaterThan(2)
    expect(messagesIn('secret')).toHaveLength(500)
    expect((await importFiles(many)).added.messages).toBe(0)
  })
})

describe('what cannot be understood', () => {
  const broken = {
    ...inventedExport,
    'general/2020-09-14.json': '[{"type": "message",\n "ts": oops}]',
    'secret/2020-09-13.json': [message(10, { user: 'U1ADA', text: 'psst' }), { ts: 'x' }, 7],
    'nowhere/2020-09-13.json': [],
  }

  test('stops the import before anything is written, and is named by file and place', async () => {
    const report = await importFiles(broken)
    expect(report.isWritten).toBe(false)
    expect(report.faults).toMatchObject([
      { file: 'nowhere/2020-09-13.json' },
      { file: 'general/2020-09-14.json', line: 2, column: 8, problem: 'is not valid JSON' },
      { file: 'secret/2020-09-13.json' },
      { file: 'secret/2020-09-13.json' },
    ])
    expect(all('SELECT * FROM users')).toEqual([])
    expect(all('SELECT * FROM documents')).toEqual([])
  })

  test('is left out when asked so, and the rest is imported', async () => {
    const report = await importFiles(broken, 'skip')
    expect(report.isWritten).toBe(true)
    expect(report.faults).toHaveLength(4)
    expect(messagesIn('general')).toHaveLength(5)
    expect(messagesIn('secret')).toHaveLength(1)
  })

  test('a message from the future is a fault', async () => {
    const future = { type: 'message', ts: '9999999999.000000', user: 'U1ADA', text: 'hi' }
    const report = await importFiles({ ...inventedExport, 'secret/2020-09-13.json': [future] })
    expect(report.faults).toHaveLength(1)
  })

  test('an archive of something else is refused', async () => {
    await expect(importFiles({ 'readme.txt': 'x' })).rejects.toMatchObject({
      reason: 'not_an_export',
    })
  })
})

describe('somebody who is here already', () => {
  const insert = (role: string): void => {
    database.sqlite
      .prepare(
        `INSERT INTO users (id, email, name, role, created_at, updated_at)
         VALUES ('018f0000-0000-7000-8000-000000000001', 'ada@example.test', 'Me', ?, 1, 1)`,
      )
      .run(role)
  }

  test('is the person of the export when the owner has that e-mail address', async () => {
    insert('OWNER')
    await importFiles(inventedExport)
    expect(messagesIn('secret')).toMatchObject([{ name: 'Me' }])
    const before = snapshotOfTables()
    await importFiles(inventedExport)
    expect(snapshotOfTables()).toEqual(before)
  })

  test('is not given another’s history for an address that nobody has proved', async () => {
    insert('MEMBER')
    await importFiles(inventedExport)
    expect(messagesIn('secret')).toMatchObject([{ name: 'Ada Example' }])
    expect(all("SELECT email FROM users WHERE name = 'Ada Example'")).toEqual([{ email: null }])
  })
})

const realExport = new URL(
  '../../../shared/data/slack-exports/slack-export-viewer-testarchive.zip',
  import.meta.url,
).pathname

test.skipIf(!existsSync(realExport))(
  'a genuine export is imported whole (skipped where ../shared/data is absent)',
  async () => {
    const report = await importPath(realExport, 'abort', new AbortController().signal)
    expect(report).toMatchObject({ isWritten: true, faults: [], notes: {} })
    expect(report.added).toEqual({ people: 7, channels: 2, dms: 0, messages: 158, reactions: 1 })
    expect(differences()).toEqual([])
  },
)
