/**
 * One notification and the deliveries that it needs: once for each person and message, and once for
 * the reactions to it.
 */
import { randomBytes } from 'node:crypto'
import type { NotificationKind } from '../../../shared/api/notifications.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import { createId, type UserId } from '../../../shared/ids.ts'
import type { SqliteConnection } from '../../database/open-database.ts'

export interface NotificationRow {
  userId: UserId
  kind: NotificationKind
  conversation: Conversation
  messageId: string
  actorId: UserId
  createdAt: number
}

/** False when they have been notified of this already. */
export type WriteNotification = (row: NotificationRow) => boolean

/** Whoever comes back within this time reads it in the app. */
export const EMAIL_DELAY_MS = 10 * 60_000

export function createWriteNotification(
  sqlite: SqliteConnection,
  hasMail: boolean,
): WriteNotification {
  const insert = sqlite.prepare(
    `INSERT INTO notifications
       (id, user_id, kind, conversation_kind, conversation_id, message_id, actor_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const insertPush = sqlite.prepare(
    `INSERT INTO notification_outbox (notification_id, medium, subscription_id, next_attempt_at)
     SELECT @id, 'PUSH', s.id, @time FROM push_subscriptions AS s
     LEFT JOIN user_preferences AS p ON p.user_id = s.user_id
     WHERE s.user_id = @userId AND coalesce(p.push_enabled, 1) = 1`,
  )
  const insertEmail = sqlite.prepare(
    `INSERT INTO notification_outbox (notification_id, medium, next_attempt_at)
     SELECT @id, 'EMAIL', @time FROM users AS u
     LEFT JOIN user_preferences AS p ON p.user_id = u.id
     WHERE u.id = @userId AND u.email IS NOT NULL AND coalesce(p.email_enabled, 1) = 1`,
  )
  return ({ userId, kind, conversation, messageId, actorId, createdAt }) => {
    const id = createId<string>({ now: () => createdAt, randomBytes: () => randomBytes(16) })
    const place = [conversation.kind, conversation.id, messageId]
    const { changes } = insert.run(id, userId, kind, ...place, actorId, createdAt)
    if (changes === 0) return false
    insertPush.run({ id, userId, time: createdAt })
    if (hasMail) insertEmail.run({ id, userId, time: createdAt + EMAIL_DELAY_MS })
    return true
  }
}
