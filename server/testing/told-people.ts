/**
 * People in a channel and a DM over a real engine with its own store, whose push service and mail
 * server are doubles; for tests of what they are told, whatever happens meanwhile.
 */
import { copyFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import * as Y from 'yjs'
import { encodeEdits } from '../../shared/document/encode-edits.ts'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import { threadIdOf, type ChannelId, type MessageId, type UserId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import {
  ada,
  ben,
  cleo,
  createIdSequence,
  memberAccess,
  now,
} from '../../shared/testing/updates.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase, type Database } from '../database/open-database.ts'
import { openEngine, type Engine } from '../journal/open-engine.ts'
import type { Mail } from '../mail/mailer.ts'
import { createNotifications, type Notifications } from '../notifications/create-notifications.ts'
import type { PushOutcome, PushTarget } from '../notifications/push/send-push.ts'
import { migrationsFolder } from './temporary-database.ts'

export const people: readonly UserId[] = [ada, ben, cleo]
export const nextId = createIdSequence()
export const places: readonly Conversation[] = [
  { kind: 'channel', id: nextId<ChannelId>() },
  { kind: 'dm', id: threadIdOf(people) },
]
export const addressOf = (userId: UserId): string => `${userId}@a.test`

/** What the doubles do; a test sets it. */
export interface Receivers {
  push: (target: PushTarget, payload: string) => Promise<PushOutcome>
  mail: (mail: Mail) => Promise<void>
}

export interface ToldPeople {
  readonly database: Database
  readonly engine: Engine
  clock: { now: number }
  /** Writes a record of a message; answers once it is on disk, perhaps before it is in tables. */
  write: (at: number, actor: Actor, key: MessageId, value: MessageRecord) => Promise<void>
  /** Everything is in tables, judged, and delivered as far as it is due. */
  settle: () => Promise<void>
  /** Ends this run of the server: neither the deliveries under way nor the tables are waited for. */
  crash: () => Promise<void>
  open: () => void
  close: () => Promise<void>
}

export const asMember = (userId: UserId): Actor => ({
  kind: 'person',
  userId,
  access: memberAccess,
})

/** A store with the people, each with a proven address and one browser, to be copied. */
export async function createToldTemplate(path: string): Promise<void> {
  const { sqlite, close } = openDatabase(path)
  migrate(sqlite, migrationsFolder)
  const [channel, dm] = places
  const insert = sqlite.prepare(
    `INSERT INTO users (id, email, email_verified, name, created_at, updated_at)
     VALUES (?, ?, 1, ?, 1, 1)`,
  )
  for (const userId of people) insert.run(userId, addressOf(userId), userId)
  sqlite.exec(`
    INSERT INTO channels (id, name, slug, created_at, updated_at)
      VALUES ('${channel?.id}', 'General', 'general', 1, 1);
    INSERT INTO channel_members (channel_id, user_id, role, joined_at)
      SELECT '${channel?.id}', id, 'MEMBER', 1 FROM users;
    INSERT INTO direct_message_threads (id, created_at) VALUES ('${dm?.id}', 1);
    INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
      SELECT '${dm?.id}', id, 1 FROM users;
    INSERT INTO sessions (id, user_id, token, expires_at, created_at, updated_at)
      SELECT id, id, id, ${now * 2}, 1, 1 FROM users;
    INSERT INTO push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, created_at)
      SELECT id, id, id, id, 'k', 'a', 1 FROM users`)
  await close()
}

export function openToldPeople(
  template: string,
  path: string,
  { receivers, onFault }: { receivers: Receivers; onFault: (error: unknown) => void },
): ToldPeople {
  copyFileSync(template, path)
  const clock = { now }
  let database: Database
  let engine: Engine
  let notifications: Notifications | undefined

  function open(): void {
    database = openDatabase(path)
    // Nobody cuts the power here, and many histories wait for no disk.
    database.sqlite.pragma('synchronous = OFF')
    const { sqlite } = database
    const onUnexpected = (error: unknown): void => {
      // What a crash leaves of the run before has lost its store.
      if (sqlite.open) onFault(error)
    }
    let own: Notifications | undefined
    engine = openEngine({
      sqlite,
      now: () => clock.now,
      onProjectionFailure: onUnexpected,
      notifications: {
        attention: { isOnline: () => false, isLooking: () => false },
        onNotified: (userIds) => own?.changed(userIds),
      },
    })
    for (const place of places) {
      const name = formatConversationName(place)
      const document = new Y.Doc()
      const { update, seq } = engine.loadDocument(name)
      if (update !== null) Y.applyUpdate(document, update)
      engine.documents.register(name, document, seq)
    }
    own = startNotifications(onUnexpected)
    notifications = own
  }

  function startNotifications(onUnexpected: (error: unknown) => void): Notifications {
    return createNotifications({
      sqlite: database.sqlite,
      now: () => clock.now,
      notifier: { publish: () => undefined },
      mailer: { isConfigured: true, send: (mail) => receivers.mail(mail), close: () => undefined },
      sendPush: (target, { payload }) => receivers.push(target, payload),
      judge: () => 0,
      isOnline: () => false,
      publicUrl: 'https://chat.test',
      unsubscribeUrl: () => 'https://chat.test/end',
      logger: {
        info: () => undefined,
        warn: () => undefined,
        error: (details: unknown) => onUnexpected(details),
      },
    })
  }

  /** What is neither judged nor delivered nor put off. */
  function waiting(): unknown {
    return database.sqlite
      .prepare(
        `SELECT (SELECT count(*) FROM notifications WHERE urgency_score IS NULL)
           + (SELECT count(*) FROM notification_outbox WHERE next_attempt_at <= ?)`,
      )
      .pluck()
      .get(clock.now)
  }

  open()
  return {
    clock,
    get database() {
      return database
    },
    get engine() {
      return engine
    },
    async write(at, actor, key, value) {
      const place = places[at]
      if (place === undefined) throw new Error('There is no such place')
      const documentName = formatConversationName(place)
      const document = engine.documents.get(documentName)?.document ?? new Y.Doc()
      const clientId = engine.journal.serverClientId(documentName)
      const edits = [{ root: 'messages' as const, key, value }]
      const update = encodeEdits({ document, clientId, edits })
      await engine.admission.admit({ documentName, update, actor, writer: 'server' })
    },
    async settle() {
      engine.admission.settle()
      await notifications?.close()
      // The clock is not the machine's: a fresh start looks at what is due by now.
      notifications = startNotifications(onFault)
      while (waiting() !== 0) await setImmediate()
    },
    async crash() {
      database.sqlite.close()
      engine.close()
      await database.close()
    },
    open,
    async close() {
      await notifications?.close()
      engine.close()
      await database.close()
    },
  }
}
