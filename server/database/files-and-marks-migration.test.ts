import Sqlite from 'better-sqlite3'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrationsFolder } from '../testing/temporary-database.ts'
import { migrate } from './migrate.ts'

const BEFORE = '0018_files_and_marks.sql'

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
  migrate(sqlite, older)
})
afterEach(() => {
  sqlite.close()
  rmSync(folder, { recursive: true, force: true })
})

const rows = (statement: string): unknown[] => sqlite.prepare(statement).raw().all()

test('an update of the server knows what messages name, and what is left on deleted ones', () => {
  sqlite.exec(`
    INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES ('c', 'C', 'c', 1, 1);
    INSERT INTO direct_message_threads (id, created_at) VALUES ('dm', 1);
    INSERT INTO messages (channel_id, id, author_id, content, type, version, file_ids, created_at,
        received_at, deleted_at) VALUES
      ('c', 'a', 'ada', 'x', 'FILE', 1, '["f","g"]', 1, 1, NULL),
      ('c', 'b', 'ada', '', 'TEXT', 2, NULL, 1, 1, 2),
      ('c', 'd', 'ada', '', 'TEXT', 2, NULL, 1, 1, 2);
    INSERT INTO direct_messages (thread_id, id, author_id, content, type, version, file_ids, created_at,
        received_at, deleted_at) VALUES
      ('dm', 'a', 'ada', 'x', 'FILE', 1, '["f"]', 1, 1, NULL),
      ('dm', 'b', 'ada', '', 'TEXT', 2, NULL, 1, 1, 2);
    INSERT INTO message_reactions (conversation_id, message_id, user_id, emoji, created_at) VALUES
      ('c', 'a', 'ben', '👍', 1), ('c', 'b', 'ben', '👍', 1), ('c', 'b', 'cyd', '👍', 1);
    INSERT INTO message_pins (conversation_id, message_id, user_id, pinned_at) VALUES
      ('c', 'b', 'ben', 1), ('dm', 'b', 'ben', 1)`)
  migrate(sqlite, migrationsFolder)
  expect(rows('SELECT * FROM message_files ORDER BY 1, 2, 3')).toEqual([
    ['c', 'a', 'f'],
    ['c', 'a', 'g'],
    ['dm', 'a', 'f'],
  ])
  expect(rows('SELECT * FROM left_marks ORDER BY 1, 2, 3')).toEqual([
    ['channel', 'c', 'b'],
    ['dm', 'dm', 'b'],
  ])
})
