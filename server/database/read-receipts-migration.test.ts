import Sqlite from 'better-sqlite3'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrationsFolder } from '../testing/temporary-database.ts'
import { migrate } from './migrate.ts'

const BEFORE = '0008_read_receipts.sql'

let folder: string
let sqlite: Sqlite.Database

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const older = join(folder, 'older')
  mkdirSync(older)
  for (const name of readdirSync(migrationsFolder).filter((each) => each < BEFORE)) {
    cpSync(join(migrationsFolder, name), join(older, name))
  }
  sqlite = new Sqlite(join(folder, 'connectnow.db'))
  sqlite.pragma('foreign_keys = ON')
  migrate(sqlite, older)
})
afterEach(() => {
  sqlite.close()
  rmSync(folder, { recursive: true, force: true })
})

test('an update of the server finds everything read that was there before it', () => {
  sqlite.exec(`
    INSERT INTO users (id, name, created_at, updated_at) VALUES ('ada', 'Ada', 1, 1), ('ben', 'Ben', 1, 1);
    INSERT INTO channels (id, name, slug, created_at, updated_at)
      VALUES ('full', 'F', 'f', 1, 1), ('empty', 'E', 'e', 1, 1);
    INSERT INTO channel_members (channel_id, user_id, joined_at)
      VALUES ('full', 'ada', 1), ('full', 'ben', 1), ('empty', 'ada', 1);
    INSERT INTO direct_message_threads (id, created_at) VALUES ('dm', 1);
    INSERT INTO direct_message_participants (thread_id, user_id, joined_at) VALUES ('dm', 'ben', 1);
    INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
      VALUES ('full', 'a', 'ada', 'x', 'TEXT', 1, 9, 5), ('full', 'b', 'ada', 'x', 'TEXT', 1, 1, 7);
    INSERT INTO direct_messages (thread_id, id, author_id, content, type, version, created_at, received_at)
      VALUES ('dm', 'c', 'ada', 'x', 'TEXT', 1, 3, 3)`)
  migrate(sqlite, migrationsFolder)
  const receipts = sqlite
    .prepare(
      `SELECT user_id, conversation_id, message_id, received_at FROM read_receipts
       ORDER BY conversation_id, user_id`,
    )
    .raw()
    .all()
  expect(receipts).toEqual([
    ['ben', 'dm', 'c', 3],
    ['ada', 'empty', null, 0],
    ['ada', 'full', 'b', 7],
    ['ben', 'full', 'b', 7],
  ])
  sqlite.exec("DELETE FROM users WHERE id = 'ben'; DELETE FROM channels WHERE id = 'full'")
  expect(sqlite.prepare('SELECT conversation_id FROM read_receipts').pluck().all()).toEqual([
    'empty',
  ])
})
