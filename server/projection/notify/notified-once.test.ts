import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeEdits } from '../../../shared/document/encode-edits.ts'
import { formatConversationName, type Conversation } from '../../../shared/document/names.ts'
import type { Actor } from '../../../shared/guard/actor.ts'
import { threadIdOf, type MessageId } from '../../../shared/ids.ts'
import {
  ada,
  ben,
  createIdSequence,
  memberAccess,
  message,
  now,
} from '../../../shared/testing/updates.ts'
import { rebuild } from '../../admin/rebuild.ts'
import { openDatabase, type Database } from '../../database/open-database.ts'
import { openEngine, type Engine } from '../../journal/open-engine.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../../testing/temporary-database.ts'

const conversation: Conversation = { kind: 'dm', id: threadIdOf([ada, ben]) }
const name = formatConversationName(conversation)
const nextId = createIdSequence()
const asAda: Actor = { kind: 'person', userId: ada, access: memberAccess }

let store: TemporaryDatabase
let database: Database
let engine: Engine

beforeEach(() => {
  store = openTemporaryDatabase()
  database = store
  const { sqlite } = store
  const insertPerson = sqlite.prepare(
    'INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?, ?, ?, 1, 1)',
  )
  for (const userId of [ada, ben]) insertPerson.run(userId, `${userId}@a.test`, userId)
  sqlite.exec(`
    INSERT INTO direct_message_threads (id, created_at) VALUES ('${conversation.id}', 1);
    INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
      SELECT '${conversation.id}', id, 1 FROM users;
    INSERT INTO sessions (id, user_id, token, expires_at, created_at, updated_at)
      VALUES ('session', '${ben}', 'token', ${now * 2}, 1, 1);
    INSERT INTO push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, created_at)
      VALUES ('browser', '${ben}', 'session', 'https://push.a.test', 'k', 'a', 1)`)
  open()
})
afterEach(async () => {
  engine.close()
  await database.close()
  await store.close()
})

function open(): void {
  engine = openEngine({
    sqlite: database.sqlite,
    now: () => now,
    onProjectionFailure: () => undefined,
  })
  const document = new Y.Doc()
  const { update, seq } = engine.loadDocument(name)
  if (update !== null) Y.applyUpdate(document, update)
  engine.documents.register(name, document, seq)
}

async function write(actor: Actor, content: string): Promise<void> {
  const document = engine.documents.get(name)?.document ?? new Y.Doc()
  const clientId = engine.journal.serverClientId(name)
  const value = message(ada, { content })
  const edits = [{ root: 'messages' as const, key: nextId<MessageId>(), value }]
  const update = encodeEdits({ document, clientId, edits })
  await engine.admission.admit({ documentName: name, update, actor, writer: 'server' })
}

/** Notifications, and of each the deliveries to make. */
function written(): unknown[] {
  return database.sqlite
    .prepare(
      `SELECT n.user_id = '${ben}' AS isBens, n.kind, (SELECT group_concat(medium, ' ')
         FROM (SELECT medium FROM notification_outbox WHERE notification_id = n.id ORDER BY id))
         AS deliveries FROM notifications AS n ORDER BY n.created_at, n.id`,
    )
    .all()
}

const once = { isBens: 1, kind: 'DM', deliveries: 'PUSH EMAIL' }

test('P11.11 a message notifies once, whatever crashes, is replayed, rebuilt or imported', async () => {
  await write(asAda, 'hello')
  // In the journal, and nowhere else: what a crash at this moment leaves.
  expect(written()).toEqual([])
  database.sqlite.close()
  engine.close()
  database = openDatabase(store.path)
  open()
  expect(written()).toEqual([once])

  // A projection that was lost after it had been made: the same changes come again.
  engine.close()
  database.sqlite.exec('UPDATE documents SET projected_seq = 0')
  open()
  expect(written()).toEqual([once])

  // What Ben has dealt with does not come back.
  database.sqlite.exec('UPDATE notifications SET dismissed_at = 1; DELETE FROM notification_outbox')
  engine.close()
  database.sqlite.exec('UPDATE documents SET projected_seq = 0')
  open()
  rebuild({ sqlite: database.sqlite, ...engine, now: () => now })
  expect(written()).toEqual([{ ...once, deliveries: null }])

  await write({ kind: 'server' }, 'said long ago, somewhere else')
  engine.admission.settle()
  expect(written()).toHaveLength(1)

  // Even a rebuild of a store that knows of no notification brings none.
  database.sqlite.exec('DELETE FROM notifications')
  rebuild({ sqlite: database.sqlite, ...engine, now: () => now })
  expect(written()).toEqual([])
})
