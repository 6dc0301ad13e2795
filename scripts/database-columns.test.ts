import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkStore } from '../server/admin/check-store.ts'
import { recoverStore } from '../server/admin/open-checked-store.ts'
import { readStats } from '../server/admin/stats.ts'
import { copyDatabase } from '../server/database/copy-database.ts'
import { openDatabase } from '../server/database/open-database.ts'
import { createDiskFileStore } from '../server/files/disk-file-store.ts'
import { startFullServer, type FullServer } from '../server/testing/full-server.ts'
import { answer, startDm } from '../server/testing/notified-people.ts'
import { watchStatements } from '../server/testing/record-statements.ts'
import type { TestServer } from '../server/testing/running-server.ts'
import { connect } from '../server/testing/sync-client.ts'
import { formatUserDocumentName } from '../shared/document/names.ts'
import { readSchema } from './database-page/read-schema.ts'
import { tableGroups } from './database-page/table-words.ts'
import { projectFolder } from './run-stages.ts'

const PROVIDER_KEY = 'better-auth wants the column; keys to accounts elsewhere are kept by nobody'
const SWEPT =
  'its rows last until the next sweep, which server/retention/left-marks.test.ts shows to need them'
const CONTENTLESS = 'FTS5 keeps no text and reads as null; `verify` reads its tokens'
/** Columns that say nothing of their own in any row, and why. */
const neverFilled: Record<string, string> = {
  'accounts.access_token': PROVIDER_KEY,
  'accounts.refresh_token': PROVIDER_KEY,
  'accounts.id_token': PROVIDER_KEY,
  'accounts.access_token_expires_at': PROVIDER_KEY,
  'accounts.refresh_token_expires_at': PROVIDER_KEY,
  'left_marks.conversation_id': SWEPT,
  'left_marks.conversation_kind': SWEPT,
  'left_marks.message_id': SWEPT,
  'search_index.scope': CONTENTLESS,
  'search_index.words': CONTENTLESS,
}

const ONE_ROW = 'keeps the table to one row'
/** Columns that no statement reads, and what they are for. */
const neverRead: Record<string, string> = {
  'search_state.id': ONE_ROW,
  'store_state.id': ONE_ROW,
  'workspace_settings.id': ONE_ROW,
}

let full: FullServer
const filled = new Set<string>()
const statements = new Set<string>()

beforeAll(async () => {
  let isNoting = false
  // What this test looks up for itself is no use that anybody makes of a column.
  const note = (server: TestServer): void => {
    isNoting = false
    noteFilled(server)
    isNoting = true
  }
  full = await startFullServer(note, { onStatement: ({ sql }) => isNoting && statements.add(sql) })
  await full.server.restart()
  note(full.server)
  await lookAround(full)
  await administer(full.server)
})
afterAll(() => full.close())

function columnsOf({ sqlite }: TestServer): { column: string; isFilled: string }[] {
  return readSchema(sqlite).tables.flatMap(({ name: table, columns }) =>
    columns.map(({ name, defaultValue }) => ({
      column: `${table}.${name}`,
      isFilled: `SELECT 1 FROM "${table}" WHERE "${name}" IS NOT NULL
        AND "${name}" IS NOT (${defaultValue ?? 'NULL'}) LIMIT 1`,
    })),
  )
}

function noteFilled(server: TestServer): void {
  for (const { column, isFilled } of columnsOf(server)) {
    if (server.sqlite.prepare(isFilled).get() !== undefined) filled.add(column)
  }
}

async function lookAround({ server, ada, ben }: FullServer): Promise<void> {
  const dm = await startDm(ada, [ben])
  const paths = [`${dm.path}/participants`, `/api/users/${ada.userId}/export`]
  for (const path of [...paths, '/api/channel-categories']) await answer(ada, 'GET', path)
  const browser = connect(server, ada)
  await browser.open(formatUserDocumentName(ada.userId)).synced
  browser.close()
}

/** What commands read, over a copy of the store. */
async function administer({ databasePath, folder }: TestServer): Promise<void> {
  const copyFolder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const copyPath = join(copyFolder, 'connectnow.db')
  await copyDatabase(databasePath, copyPath)
  const database = openDatabase(copyPath)
  watchStatements(database.sqlite, ({ sql }) => statements.add(sql))
  const onProblem = (problem: string): never => expect.unreachable(problem)
  const store = recoverStore({ database, close: database.close }, { now: Date.now, onProblem })
  const fileStore = createDiskFileStore(join(folder, 'files'))
  expect(await checkStore({ sqlite: database.sqlite, engine: store.engine, fileStore })).toEqual([])
  readStats(database.sqlite, copyPath)
  await store.close()
  rmSync(copyFolder, { recursive: true })
}

test('every column of every table is filled by what people do', () => {
  const empty = columnsOf(full.server).filter(({ column }) => !filled.has(column))
  expect(empty.map(({ column }) => column).toSorted()).toEqual(Object.keys(neverFilled).toSorted())
})

test('every column of every table is read by the server, its commands or a view', () => {
  const read = new Set<string>()
  const reader = new DatabaseSync(full.server.databasePath, { readOnly: true })
  reader.setAuthorizer((action, table, column) => {
    if (action === constants.SQLITE_READ) read.add(`${table}.${column}`)
    return constants.SQLITE_OK
  })
  const views = readSchema(full.server.sqlite).views.map(({ name }) => `SELECT * FROM ${name}`)
  const asked = [...statements].filter((sql) => !/search_tokens|^\s*BEGIN/.test(sql))
  expect(asked.length).toBeGreaterThan(250)
  for (const sql of [...asked, ...views]) reader.prepare(sql)
  reader.close()
  const unread = columnsOf(full.server).filter(({ column }) => !read.has(column))
  const known = [...Object.keys(neverRead), 'search_index.scope', 'search_index.words']
  expect(unread.map(({ column }) => column).toSorted()).toEqual(known.toSorted())
})

const WRITES =
  /(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|insertInto\('|updateTable\('|deleteFrom\(')\s*(\w+)/g

test('the page names every file that writes a table', () => {
  const written = globSync('server/**/*.ts', { cwd: projectFolder })
    .filter((file) => !/[.](test|contract)[.]ts$|\/testing\//.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(projectFolder, file), 'utf8')
      return [...text.matchAll(WRITES)].map(([, table = '']) => ({ file, table }))
    })
  expect(written.length).toBeGreaterThan(80)
  const unnamed = tableGroups
    .flatMap(({ tables }) => Object.entries(tables))
    .flatMap(([name, { writers }]) =>
      written
        .filter(({ file, table }) => table === name && !writers.includes(file))
        .map(({ file }) => `${name} is written by ${file}`),
    )
  expect([...new Set(unnamed)]).toEqual([])
})
