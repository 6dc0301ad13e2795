import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { UploadedFile } from '../../shared/api/files.ts'
import { openDatabase, type SqliteConnection } from '../database/open-database.ts'
import { fileKey } from '../files/file-store.ts'
import { runCommand } from '../testing/command-runner.ts'
import { answer, channelPlace, say } from '../testing/notified-people.ts'
import { startTestServer } from '../testing/running-server.ts'
import { drawPicture, uploadFile } from '../testing/upload.ts'
import { runAdmin } from './admin-command.ts'
import type { Finding } from './store-check.ts'

/** A whole store as a crash leaves it: with updates in the journal. */
let whole: string
let picture: UploadedFile
let dataDir: string

beforeAll(async () => {
  whole = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const server = await startTestServer()
  const ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'C', slug: 'common' })
  const place = channelPlace(channel.id)
  await say(ada, place, 'Before the restart')
  await server.restart()
  picture = await uploadFile(ada, await drawPicture(900, 600), { type: 'image/png' })
  await answer(ada, 'POST', `${place.path}/messages`, { content: 'Look', fileIds: [picture.id] })
  const said = await say(ada, place, `A quince for <@${ada.userId}>`)
  await answer(ada, 'POST', `${place.path}/messages/${said.id}/reactions`, { emoji: '🍐' })
  await answer(ada, 'PUT', `${place.path}/messages/${said.id}/pin`)
  await say(ada, place, 'The last word')
  const backedUp = await runCommand(runAdmin, ['backup', join(whole, 'one.zip')], server.folder)
  expect(backedUp).toMatchObject({ code: 0 })
  await server.close()
  const restored = await runCommand(
    runAdmin,
    ['restore', join(whole, 'one.zip')],
    join(whole, 'data'),
  )
  expect(restored).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(whole, { recursive: true }))

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  cpSync(join(whole, 'data'), dataDir, { recursive: true })
})
afterEach(() => rmSync(dataDir, { recursive: true }))

async function verify(): Promise<Finding[]> {
  const { code, out } = await runCommand(runAdmin, ['verify', '--json'], dataDir)
  const { findings } = JSON.parse(out) as { findings: Finding[] } // as the command says it
  expect(code).toBe(findings.length === 0 ? 0 : 1)
  return findings
}

async function damage(work: (sqlite: SqliteConnection) => void): Promise<void> {
  const { sqlite, close } = openDatabase(join(dataDir, 'connectnow.db'))
  sqlite.pragma('foreign_keys = OFF')
  work(sqlite)
  await close()
}

test('P3 the whole store has no differences', async () => {
  expect(await verify()).toEqual([])
  await damage((sqlite) => {
    const count = 'SELECT count(*) FROM document_updates'
    expect(sqlite.prepare(count).pluck().get()).toBeGreaterThan(3)
  })
})

/** What is done to the store, and what `verify` has to name. */
const damages: { what: string; sql: string; finds: Partial<Finding>; isRebuilt?: true }[] = [
  {
    what: 'an update is gone from the journal',
    sql: 'DELETE FROM document_updates WHERE seq = (SELECT max(seq) FROM document_updates)',
    finds: { check: 'tables', problem: 'is a row without a record' },
    isRebuilt: true,
  },
  {
    what: 'an update in the middle of the journal is gone',
    sql: 'DELETE FROM document_updates WHERE seq = (SELECT min(seq) + 1 FROM document_updates)',
    finds: {
      check: 'documents',
      problem: 'builds on changes that neither its snapshot nor the journal has',
    },
  },
  {
    what: 'an update in the journal is spoiled',
    sql: `UPDATE document_updates SET update_bytes = x'0102030405'
      WHERE seq = (SELECT max(seq) FROM document_updates)`,
    finds: { check: 'documents', problem: expect.stringContaining('cannot be loaded') },
  },
  {
    what: 'an update belongs to no document',
    sql: `UPDATE document_updates SET document_name = 'channel:gone/1'
      WHERE seq = (SELECT max(seq) FROM document_updates)`,
    finds: { check: 'database', place: expect.stringContaining('document_updates') },
  },
  {
    what: 'a snapshot is gone',
    sql: 'UPDATE documents SET snapshot = NULL WHERE snapshot IS NOT NULL',
    finds: { check: 'documents', problem: expect.stringContaining('is missing') },
  },
  {
    what: 'a snapshot is not the one whose end is noted',
    sql: "UPDATE documents SET state_vector = x'00' WHERE snapshot IS NOT NULL",
    finds: { check: 'documents', problem: expect.stringContaining('is damaged') },
  },
  {
    what: 'a document has a name that nobody asks for',
    sql: "INSERT INTO documents (name, server_client_id, created_at) VALUES ('anything', 1, 1)",
    finds: { check: 'documents', place: 'anything' },
  },
  {
    what: 'a message stands in a channel of which there is no document',
    sql: `INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES ('bare', 'B', 'bare', 1, 1);
      INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
      VALUES ('bare', 'm', 'u', 'forged', 'TEXT', 1, 1, 1)`,
    finds: {
      check: 'tables',
      place: 'channel:bare/1 messages m',
      problem: 'is a row without a record',
    },
    isRebuilt: true,
  },
  {
    what: 'a message stands in a segment of which there is no document',
    sql: "UPDATE messages SET segment = 7 WHERE content = 'The last word'",
    finds: { check: 'tables', place: expect.stringMatching(/\/7 messages/) },
    isRebuilt: true,
  },
  {
    what: 'a direct message is there without a document',
    sql: `INSERT INTO direct_message_threads (id, created_at) VALUES ('bare', 1);
      INSERT INTO direct_messages (thread_id, id, author_id, content, type, version, created_at,
        received_at) VALUES ('bare', 'm', 'u', 'forged', 'TEXT', 1, 1, 1)`,
    finds: { check: 'tables', place: 'dm:bare/1 messages m', problem: 'is a row without a record' },
    isRebuilt: true,
  },
  {
    what: 'a reaction is there in no conversation',
    sql: "INSERT INTO message_reactions VALUES ('nowhere', 'm', 'u', 'x', 1)",
    finds: { check: 'tables', place: 'nowhere reactions m' },
    isRebuilt: true,
  },
  {
    what: 'a pin is there in no conversation',
    sql: "INSERT INTO message_pins VALUES ('nowhere', 'm', 'u', 1)",
    finds: { check: 'tables', place: 'nowhere pins m' },
    isRebuilt: true,
  },
  {
    what: 'somebody is named in no conversation',
    sql: "INSERT INTO mentions (conversation_id, message_id, user_id) VALUES ('nowhere', 'm', 'u')",
    finds: { check: 'tables', place: 'nowhere mentions m' },
    isRebuilt: true,
  },
  {
    what: 'a message of no conversation names a file',
    sql: "INSERT INTO message_files VALUES ('nowhere', 'm', 'f')",
    finds: { check: 'tables', place: 'nowhere files m' },
    isRebuilt: true,
  },
  {
    what: 'a mention is gone',
    sql: 'DELETE FROM mentions',
    finds: { check: 'tables', place: expect.stringContaining(' mentions '), problem: 'has no row' },
    isRebuilt: true,
  },
  {
    what: 'a message has left the search index',
    sql: 'DELETE FROM search_entries WHERE id = (SELECT max(id) FROM search_entries)',
    finds: { check: 'tables', place: expect.stringContaining(' search ') },
    isRebuilt: true,
  },
  {
    what: 'the search index finds what is no message',
    sql: "INSERT INTO search_index (rowid, scope, words) VALUES (77, 'm', 'forged')",
    finds: { check: 'tables', place: expect.stringContaining(' search 77') },
    isRebuilt: true,
  },
  {
    what: 'a file belongs to a message that does not name it',
    sql: "UPDATE file_uploads SET message_id = (SELECT id FROM messages WHERE content = 'The last word')",
    finds: { check: 'files', problem: 'is attached to a message that does not name it' },
  },
  {
    what: 'a file belongs to a message that is gone',
    sql: "UPDATE file_uploads SET message_id = 'gone'",
    finds: { check: 'files', problem: 'is attached to a message that does not name it' },
  },
]

test.for(damages)('P3 verify names it when $what', async ({ sql, finds, isRebuilt = false }) => {
  await damage((sqlite) => sqlite.exec(sql))
  expect(await verify()).toContainEqual(expect.objectContaining(finds))
  if (!isRebuilt) return
  expect(await runCommand(runAdmin, ['rebuild'], dataDir)).toMatchObject({ code: 0 })
  expect(await verify()).toEqual([])
})

describe('outside of the database', () => {
  const path = (kind: 'content' | 'thumbnail'): string =>
    join(dataDir, 'files', fileKey(picture.id, kind))

  test('verify names a file that is gone or changed, and a thumbnail that is gone', async () => {
    rmSync(path('thumbnail'))
    const place = `file ${picture.id}`
    expect(await verify()).toEqual([
      { check: 'files', place, problem: 'has no thumbnail in the file store' },
    ])
    writeFileSync(path('content'), Buffer.concat([readFileSync(path('content')), Buffer.of(0)]))
    expect(await verify()).toContainEqual({
      ...{ check: 'files', place, problem: 'is not what was uploaded' },
    })
    rmSync(path('content'))
    expect(await verify()).toContainEqual({
      ...{ check: 'files', place, problem: 'is not in the file store' },
    })
  })

  test('verify names pages of the database that are spoiled, and ends with 1', async () => {
    let page = 0
    let pageSize = 0
    await damage((sqlite) => {
      pageSize = Number(sqlite.pragma('page_size', { simple: true }))
      const select = "SELECT rootpage FROM sqlite_schema WHERE name = 'messages_author_id'"
      page = Number(sqlite.prepare(select).pluck().get())
    })
    const file = openSync(join(dataDir, 'connectnow.db'), 'r+')
    writeSync(file, Buffer.alloc(200, 0xa5), 0, 200, (page - 1) * pageSize + 100)
    writeSync(file, Buffer.alloc(200, 0xa5), 0, 200, page * pageSize - 200)
    closeSync(file)
    const findings = await verify()
    expect(findings).toContainEqual(expect.objectContaining({ check: 'database' }))
  })
})
