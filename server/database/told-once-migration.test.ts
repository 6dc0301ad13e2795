import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrationsFolder, openTemporaryDatabase } from '../testing/temporary-database.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'

test('P11.11 of what an earlier version told somebody twice, the first stays', async () => {
  const store = openTemporaryDatabase()
  const folder = join(store.folder, 'migrations')
  mkdirSync(folder)
  for (const name of readdirSync(migrationsFolder).filter((each) => each < '0017')) {
    cpSync(join(migrationsFolder, name), join(folder, name))
  }
  const database = openDatabase(join(store.folder, 'older.db'))
  migrate(database.sqlite, folder)
  database.sqlite.exec(`
    INSERT INTO users (id, email, name, created_at, updated_at)
      VALUES ('u', 'u@a.test', 'U', 1, 1), ('v', 'v@a.test', 'V', 1, 1)`)
  const insert = database.sqlite.prepare(
    `INSERT INTO notifications (id, user_id, kind, conversation_kind, conversation_id, message_id,
       actor_id, created_at) VALUES (?, ?, ?, 'dm', 'd', ?, 'v', ?)`,
  )
  insert.run('b', 'u', 'MENTION', 'm', 3)
  insert.run('a', 'u', 'DM', 'm', 2)
  insert.run('c', 'u', 'GROUP_MENTION', 'm', 3)
  insert.run('d', 'u', 'REACTION', 'm', 1)
  insert.run('e', 'v', 'MENTION', 'm', 3)
  insert.run('f', 'u', 'MENTION', 'n', 3)
  migrate(database.sqlite, migrationsFolder)
  expect(database.sqlite.prepare('SELECT id FROM notifications ORDER BY id').pluck().all()).toEqual(
    ['a', 'd', 'e', 'f'],
  )
  await database.close()
  await store.close()
})
