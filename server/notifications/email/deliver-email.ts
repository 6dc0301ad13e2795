/** E-mail: what somebody who is away has not read, all of it in one mail. */
import { createHash } from 'node:crypto'
import type { NotificationKind } from '../../../shared/api/notifications.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { MailRefused, type Mailer } from '../../mail/mailer.ts'
import { EMAIL_DELAY_MS } from '../../projection/notify/write-notification.ts'
import { excerptOf, MESSAGE_CONTENT } from '../../queries/notifications.ts'
import { createDeliveryPump, type DeliveryPump } from '../delivery-pump.ts'
import { quietUntil } from '../do-not-disturb.ts'
import { IS_WANTED, type Attempted, type Outbox } from '../outbox.ts'
import { readableText } from '../readable-text.ts'
import { composeDigest } from './compose-digest.ts'

export interface EmailDeliveryDeps {
  sqlite: SqliteConnection
  outbox: Outbox
  mailer: Mailer
  isOnline: (userId: UserId) => boolean
  publicUrl: string
  unsubscribeUrl: (userId: UserId, email: string) => string
  now: () => number
  /** A mail did not go out; it is tried again, or given up. */
  onFailure: (error: unknown, userId: UserId) => void
  onUnexpected: (error: unknown) => void
}

interface EntryRow extends Attempted {
  nextAttemptAt: number
  isWanted: number
  kind: NotificationKind
  conversationKind: 'channel' | 'dm'
  conversationId: string
  messageId: string
  isUrgent: number
  actorName: string | null
  channelName: string | null
  content: string | null
}

interface Job {
  userId: UserId
  email: string
  rows: readonly EntryRow[]
}

const MAX_AT_ONCE = 2

export function createEmailDelivery(deps: EmailDeliveryDeps): DeliveryPump {
  const { sqlite, outbox, mailer, now } = deps
  const selectPerson = sqlite.prepare<[string, number], { userId: UserId; email: string | null }>(
    `SELECT n.user_id AS userId, u.email FROM notification_outbox AS o
     JOIN notifications AS n ON n.id = o.notification_id AND n.urgency_score IS NOT NULL
     JOIN users AS u ON u.id = n.user_id
     WHERE o.medium = 'EMAIL' AND n.user_id NOT IN (SELECT value FROM json_each(?))
       AND o.next_attempt_at <= ?
     ORDER BY o.next_attempt_at, o.id LIMIT 1`,
  )
  const selectEntries = sqlite.prepare<[string], EntryRow>(
    `SELECT o.id AS outboxId, o.attempts, o.next_attempt_at AS nextAttemptAt, n.kind, n.conversation_kind AS conversationKind,
       n.conversation_id AS conversationId, n.message_id AS messageId, n.is_urgent AS isUrgent,
       coalesce(actor.display_name, actor.name) AS actorName, ch.name AS channelName,
       ${MESSAGE_CONTENT} AS content, (${IS_WANTED}) AND u.email_verified AND coalesce(p.email_enabled, 1)
         AS isWanted
     FROM notifications AS n
     JOIN notification_outbox AS o ON o.notification_id = n.id AND o.medium = 'EMAIL'
     JOIN users AS u ON u.id = n.user_id
     LEFT JOIN users AS actor ON actor.id = n.actor_id
     LEFT JOIN channels AS ch ON ch.id = n.conversation_id
     LEFT JOIN user_preferences AS p ON p.user_id = u.id
     WHERE n.user_id = ? AND n.urgency_score IS NOT NULL
     ORDER BY n.created_at, n.id`,
  )

  /**
   * Whoever is here reads it in the app, and whoever wants quiet gets it afterwards. What is new does
   * not bring the next attempt nearer at what failed.
   */
  function waitUntil(userId: UserId, rows: readonly EntryRow[]): number | undefined {
    const time = now()
    const failed = rows.filter(({ attempts }) => attempts > 0)
    const nextAttemptAt = Math.max(...failed.map((row) => row.nextAttemptAt))
    if (nextAttemptAt > time) return nextAttemptAt
    if (deps.isOnline(userId)) return time + EMAIL_DELAY_MS
    const wishes = outbox.quietWishes(userId)
    return wishes && quietUntil(wishes, time)
  }

  function next(busy: readonly UserId[]): Job | undefined {
    for (;;) {
      const person = selectPerson.get(JSON.stringify(busy), now())
      if (person === undefined) return undefined
      const { userId, email } = person
      const all = selectEntries.all(userId)
      const rows = all.filter(({ isWanted }) => isWanted === 1 && email !== null)
      outbox.remove(idsOf(all.filter((row) => !rows.includes(row))))
      if (rows.length === 0 || email === null) continue
      const until = waitUntil(userId, rows)
      if (until === undefined) return { userId, email, rows }
      outbox.postpone(idsOf(rows), until)
    }
  }

  async function deliver({ userId, email, rows }: Job): Promise<void> {
    const ids = idsOf(rows)
    const entries = rows.map((row) => ({
      kind: row.kind,
      actorName: row.actorName ?? 'Somebody',
      channelName: row.channelName ?? undefined,
      text: excerptOf(readableText(sqlite, row.content ?? '')),
      isUrgent: row.isUrgent === 1,
      link: `${deps.publicUrl}/${row.conversationKind}s/${row.conversationId}/messages/${row.messageId}`,
    }))
    // The same for the same notifications: a mailbox that got them just before a crash can tell.
    const id = createHash('sha256').update(ids.join()).digest('hex').slice(0, 32)
    try {
      const unsubscribeUrl = deps.unsubscribeUrl(userId, email)
      const digest = composeDigest(entries, { publicUrl: deps.publicUrl, unsubscribeUrl })
      await mailer.send({ ...digest, to: email, unsubscribeUrl, id })
    } catch (error) {
      deps.onFailure(error, userId)
      if (!sqlite.open) return
      if (error instanceof MailRefused) outbox.remove(ids)
      else outbox.retry(rows)
      return
    }
    if (sqlite.open) outbox.remove(ids)
  }

  return createDeliveryPump({
    maxAtOnce: MAX_AT_ONCE,
    next,
    deliver,
    nextDueAt: () => outbox.nextDueAt('EMAIL'),
    now,
    onUnexpected: deps.onUnexpected,
  })
}

function idsOf(rows: readonly EntryRow[]): number[] {
  return rows.map(({ outboxId }) => outboxId)
}
