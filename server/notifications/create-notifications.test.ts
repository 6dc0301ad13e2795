import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { createMailer } from '../mail/mailer.ts'
import { ada, ben } from '../../shared/testing/updates.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { createNotifications, type Notifications } from './create-notifications.ts'
import type { UrgencyJudge, UrgencyQuestion } from './urgency/urgency-question.ts'

let store: TemporaryDatabase
let notifications: Notifications | undefined
const lines: string[] = []
const note = (...args: unknown[]): void => void lines.push(String(args.at(-1)))

beforeEach(() => {
  lines.length = 0
  store = openTemporaryDatabase()
  store.sqlite.exec(`
    INSERT INTO users (id, email, name, role, created_at, updated_at) VALUES
      ('${ada}', 'ada@a.test', 'Ada', 'OWNER', 1, 1), ('${ben}', 'ben@a.test', 'Ben', 'MEMBER', 1, 1);
    INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES ('c', 'C', 'c', 1, 1);
    INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
      VALUES ('c', 'm', '${ada}', 'hello <@${ben}>', 'TEXT', 1, 5, 5),
        ('c', 'l', '${ada}', 'earlier', 'TEXT', 1, 2, 2)`)
})
afterEach(async () => {
  await notifications?.close()
  await store.close()
})

function insert(id: string, userId: string, kind: string): void {
  store.sqlite
    .prepare(
      `INSERT INTO notifications (id, user_id, kind, conversation_kind, conversation_id, message_id,
         actor_id, created_at) VALUES (?, ?, ?, 'channel', 'c', 'm', '${ada}', 5)`,
    )
    .run(id, userId, kind)
  store.sqlite
    .prepare(
      `INSERT INTO notification_outbox (notification_id, medium, next_attempt_at)
       VALUES (?, 'EMAIL', 600000)`,
    )
    .run(id)
}

function begin(judge: UrgencyJudge): { told: string[][] } {
  const told: string[][] = []
  notifications = createNotifications({
    sqlite: store.sqlite,
    now: () => 10,
    notifier: {
      publish: (userIds) => void told.push(userIds === 'everyone' ? [userIds] : [...userIds]),
    },
    mailer: createMailer(loadConfig({})),
    sendPush: () => Promise.resolve('sent'),
    judge,
    isOnline: () => false,
    publicUrl: 'http://localhost',
    unsubscribeUrl: () => 'http://localhost/end',
    logger: { info: note, warn: note, error: note },
  })
  return { told }
}

const judgedRows = (): unknown[] =>
  store.sqlite
    .prepare(
      'SELECT id, is_urgent AS isUrgent, urgency_score AS score FROM notifications ORDER BY id',
    )
    .all()

test('without a mail server no e-mail waits, and the log says so once', () => {
  insert('one', ben, 'MENTION')
  begin(() => 0)
  expect(store.sqlite.prepare('SELECT 1 FROM notification_outbox').all()).toEqual([])
  notifications?.changed([ben])
  expect(lines).toEqual(['no SMTP_URL is set: no e-mail is sent'])
})

test('what was not judged before a restart is judged after it, once for the same question', async () => {
  const asked: UrgencyQuestion[] = []
  insert('one', ben, 'GROUP_MENTION')
  insert('two', ada, 'GROUP_MENTION')
  insert('three', ben, 'REACTION')
  store.sqlite
    .prepare('INSERT INTO user_preferences (user_id, urgent_enabled, updated_at) VALUES (?, 0, 1)')
    .run(ada)
  const { told } = begin((question) => {
    asked.push(question)
    return 0.9
  })
  await expect.poll(judgedRows).toEqual([
    { id: 'one', isUrgent: 1, score: 0.9 },
    { id: 'three', isUrgent: 0, score: 0 },
    { id: 'two', isUrgent: 0, score: 0 },
  ])
  expect(asked).toEqual([
    {
      text: `hello <@${ben}>`,
      isToOnePerson: false,
      earlier: [{ text: 'earlier', secondsBefore: 0.003 }],
      relation: 'leads',
    },
  ])
  await expect.poll(() => told).toEqual([[ben]])
})

test('a judge that takes its time holds up nobody who is told in the app', async () => {
  const verdict = Promise.withResolvers<number>()
  const { told } = begin(() => verdict.promise)
  insert('one', ben, 'MENTION')
  notifications?.changed([ben])
  expect(told).toEqual([[ben]])
  verdict.resolve(0.2)
  await expect.poll(judgedRows).toEqual([{ id: 'one', isUrgent: 0, score: 0.2 }])
  expect(told).toEqual([[ben]])
})
