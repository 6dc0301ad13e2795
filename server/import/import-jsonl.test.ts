import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verify } from '../admin/verify.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { importJsonl } from './import-jsonl.ts'
import { silentProgress } from './import-progress.ts'
import type { ImportReport } from './import-report.ts'
import { createStoppedTarget } from './stopped-target.ts'
import { openStoppedEngine } from './stopped-writer.ts'
import {
  createHistoryFolder,
  inventedHistory,
  line,
  timeAt,
  type HistoryFolder,
  type HistoryLine,
} from './testing/invented-history.ts'

const now = (): number => 1_790_000_000_000
const nothing = { people: 0, channels: 0, dms: 0, messages: 0, reactions: 0 }
let database: TemporaryDatabase
let folder: HistoryFolder
beforeEach(() => {
  database = openTemporaryDatabase()
  folder = createHistoryFolder()
})
afterEach(async () => {
  await database.close()
  folder.remove()
})

function importPath(path: string, onFault: 'skip' | 'abort' = 'abort'): Promise<ImportReport> {
  const limits = { maxMessages: 12, maxClients: 300 }
  const target = createStoppedTarget({ sqlite: database.sqlite, now, limits })
  const { signal } = new AbortController()
  return importJsonl({ target, now, progress: silentProgress, signal }, { path, onFault })
}

const importLines = (
  lines: readonly HistoryLine[],
  onFault: 'skip' | 'abort' = 'abort',
): Promise<ImportReport> => importPath(folder.write(lines), onFault)

interface Row {
  name: string
  content: string
  createdAt: number
  parent: string | null
}

function messagesIn(slug: string): Row[] {
  return database.sqlite
    .prepare<[string], Row>(
      `SELECT u.name, m.content, m.created_at AS createdAt, p.content AS parent
       FROM messages AS m JOIN channels AS c ON c.id = m.channel_id JOIN users AS u ON u.id = m.author_id
       LEFT JOIN messages AS p ON p.channel_id = m.channel_id AND p.id = m.parent_id
       WHERE c.slug = ? ORDER BY m.created_at, m.id`,
    )
    .all(slug)
}

const all = (sql: string): unknown[] => database.sqlite.prepare(sql).all()

function snapshotOfTables(): unknown {
  const tables = ['users', 'channels', 'channel_members', 'messages', 'message_reactions']
  return tables.map((table) => all(`SELECT * FROM ${table} ORDER BY 1, 2`))
}

function differences(): unknown[] {
  return verify(database.sqlite, openStoppedEngine(database.sqlite, now).loadDocument)
}

describe('a history with one of everything', () => {
  test('P3 becomes people, channels and messages, and the tables equal the documents', async () => {
    const report = await importLines(inventedHistory)
    expect(report).toMatchObject({ isWritten: true, faults: [], workspace: 'W, V' })
    expect(report.found).toEqual({ people: 5, channels: 3, dms: 0, messages: 14, reactions: 2 })
    expect(report.added).toEqual(report.found)
    expect(differences()).toEqual([])
  })

  test('keeps who said what, when, in which thread, in the order of the file', async () => {
    await importLines(inventedHistory)
    expect(messagesIn('general').slice(0, 8)).toMatchObject([
      { name: 'ada', content: 'Who has the key?', createdAt: Date.parse(timeAt(1)), parent: null },
      { name: 'ben', content: 'I have', parent: 'Who has the key?' },
      { name: 'cid', content: 'no, I', parent: 'Who has the key?' },
      { name: 'ada', content: 'at the very same time', parent: null },
      { content: 'begins a thread of its own', parent: null },
      { content: 'answers what is missing', parent: null },
      // Threads are one deep here: it belongs to the first message.
      { content: 'an answer to an answer', parent: 'Who has the key?' },
      { content: 'liked' },
    ])
    expect(messagesIn('odd-ends')).toMatchObject([{ content: 'elsewhere' }])
    expect(messagesIn('general-2')).toMatchObject([{ content: 'another workspace' }])
  })

  test('says what it left out or changed in form', async () => {
    expect((await importLines(inventedHistory)).notes).toEqual({
      'messages without any content': 1,
      'messages too long for one, split into several': 1,
      'replies whose first message is missing, kept as messages of their own': 1,
    })
  })

  test('makes whoever wrote in a channel a member of it', async () => {
    await importLines(inventedHistory)
    expect(
      all(`SELECT u.name FROM channel_members AS m JOIN users AS u ON u.id = m.user_id
        JOIN channels AS c ON c.id = m.channel_id WHERE c.slug = 'general' ORDER BY u.name`),
    ).toEqual([{ name: 'ada' }, { name: 'ben' }, { name: 'cid' }])
  })

  test('may be packed or not', async () => {
    await importLines(inventedHistory)
    const again = await importPath(folder.write(inventedHistory, { isPacked: false }))
    expect(again).toMatchObject({ isWritten: true, added: nothing })
  })

  test('imported again, adds nothing twice; with more at its end, adds that', async () => {
    await importLines(inventedHistory)
    database.sqlite.exec('DELETE FROM channel_members; UPDATE channels SET name = slug')
    const before = snapshotOfTables()
    expect((await importLines(inventedHistory)).added).toEqual(nothing)
    expect(snapshotOfTables()).toEqual(before)
    const longer = [...inventedHistory, line(900, { text: 'news', thread_ts: timeAt(1) })]
    expect((await importLines(longer)).added).toEqual({ ...nothing, messages: 1 })
    expect(messagesIn('general').at(-1)).toMatchObject({ parent: 'Who has the key?' })
    expect(differences()).toEqual([])
  })
})

describe('what cannot be understood', () => {
  const broken: HistoryLine[] = [
    line(1),
    '{"workspace": oops}',
    '7',
    line(2, { ts: 'yesterday' }),
    line(3, { ts: '2024-02-30T00:00:00Z' }),
    line(4, { ts: '1969-12-31T23:59:59Z' }),
    line(5, { ts: '2999-01-01T00:00:00Z' }),
    line(6, { user: ' ' }),
    line(7, { text: undefined }),
    '',
    line(0, { text: 'out of order' }),
    line(8, { text: 'x'.repeat(16_000 * 257) }),
    JSON.stringify(line(9, { text: 'x'.repeat(9 * 1_048_576) })),
    `{"deep": ${'['.repeat(2_000)}`,
    line(10),
  ]
  const faultyLines = [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]

  test('stops the import before anything is written, and is named by its line', async () => {
    const report = await importLines(broken)
    expect(report.isWritten).toBe(false)
    expect(report.faults.map((fault) => fault.line)).toEqual(faultyLines)
    expect(report.faults.map(({ problem }) => problem)).toMatchObject({
      0: 'is not valid JSON',
      6: 'user: has nothing that can be seen',
      8: 'is older than the line of its channel before it',
      9: 'is too long',
      10: 'is longer than any line may be',
      11: 'is nested too deep',
    })
    expect(all('SELECT 1 FROM users UNION ALL SELECT 1 FROM channels')).toEqual([])
  })

  test('is left out when asked so, and the rest is imported', async () => {
    const report = await importLines(broken, 'skip')
    expect(report.isWritten).toBe(true)
    expect(report.faults).toHaveLength(faultyLines.length)
    expect(messagesIn('general').map(({ content }) => content)).toEqual(['at 1', 'at 10'])
  })

  test('is counted, not listed, where there is more than anybody reads', async () => {
    const report = await importLines(Array.from({ length: 1_500 }, () => 'x'))
    expect(report.faults).toHaveLength(1_000)
    expect(Object.values(report.notes)).toEqual([500])
  })

  test('text that is not UTF-8 is a fault of its line', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(JSON.stringify(line(1)))])
    const report = await importPath(folder.writeBytes(bytes))
    expect(report.faults).toMatchObject([{ line: 1, problem: 'is not UTF-8 text' }])
  })
})

describe('a file that must not be imported is refused, and nothing is written', () => {
  const packed = gzipSync(inventedHistory.map((each) => JSON.stringify(each)).join('\n'))
  afterEach(() => expect(all('SELECT 1 FROM users')).toEqual([]))

  test.each([
    ['that is cut', packed.subarray(0, -20)],
    ['that was changed', packed.with(packed.length - 6, 1)],
    ['with something behind it', Buffer.concat([packed, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2])])],
  ])('one %s', async (_what, bytes) => {
    const refused = importPath(folder.writeBytes(bytes), 'skip')
    await expect(refused).rejects.toMatchObject({ reason: 'damaged_file' })
  })

  test.each([
    ['one endless line', Buffer.alloc(40 * 1_048_576, 'x')],
    ['nothing but line ends', Buffer.alloc(40 * 1_048_576, '\n')],
  ])('a bomb of %s', async (_what, bytes) => {
    const refused = importPath(folder.writeBytes(gzipSync(bytes)), 'skip')
    await expect(refused).rejects.toMatchObject({ reason: 'compression_bomb' })
  })

  test('one that is not there, and a folder', async () => {
    await expect(importPath('/nowhere.jsonl')).rejects.toMatchObject({ reason: 'not_found' })
    await expect(importPath(database.folder)).rejects.toMatchObject({ reason: 'damaged_file' })
  })
})

const realHistory = new URL('../../../shared/data/chat-sample.jsonl.gz', import.meta.url).pathname

test.skipIf(!existsSync(realHistory))(
  'what people really wrote is imported whole (skipped where ../shared/data is absent)',
  async () => {
    const limits = { maxMessages: 1_000, maxClients: 300 }
    const target = createStoppedTarget({ sqlite: database.sqlite, now, limits })
    const { signal } = new AbortController()
    const report = await importJsonl(
      { target, now, progress: silentProgress, signal },
      { path: realHistory, onFault: 'abort' },
    )
    expect(report).toMatchObject({ isWritten: true, faults: [] })
    expect(report.found).toMatchObject({ people: 2_062, channels: 43, messages: 20_749 })
    expect(report.added).toEqual(report.found)
    expect(differences()).toEqual([])
  },
)
