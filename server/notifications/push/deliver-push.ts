/** Web Push: each notification to each browser of its person, once it was judged. */
import type { NotificationKind } from '../../../shared/api/notifications.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { excerptOf, MESSAGE_CONTENT } from '../../queries/notifications.ts'
import { createDeliveryPump, type DeliveryPump } from '../delivery-pump.ts'
import { quietUntil, type QuietWishes } from '../do-not-disturb.ts'
import { IS_WANTED, QUIET_COLUMNS, type Outbox } from '../outbox.ts'
import { readableText } from '../readable-text.ts'
import type { SendPush } from './send-push.ts'

export interface PushDeliveryDeps {
  sqlite: SqliteConnection
  outbox: Outbox
  send: SendPush
  now: () => number
  onUnexpected: (error: unknown) => void
}

/** What a delivery needs to know; `isWanted` and the wishes of that moment decide on it. */
interface Delivery extends QuietWishes {
  outboxId: number
  attempts: number
  isWanted: number
  subscriptionId: string
  endpoint: string
  p256dh: string
  auth: string
  userId: UserId
  notificationId: string
  kind: NotificationKind
  conversationKind: string
  conversationId: string
  messageId: string
  actorName: string | null
  isUrgent: number
  content: string | null
}

const MAX_AT_ONCE = 16

export function createPushDelivery(deps: PushDeliveryDeps): DeliveryPump {
  const { sqlite, outbox, send, now } = deps
  const selectNext = sqlite.prepare<[number, string, number], Delivery>(
    `SELECT o.id AS outboxId, o.attempts, s.id AS subscriptionId, s.endpoint, s.p256dh, s.auth,
       n.user_id AS userId, n.id AS notificationId, n.kind, n.conversation_kind AS conversationKind,
       n.conversation_id AS conversationId, n.message_id AS messageId, n.is_urgent AS isUrgent,
       coalesce(actor.display_name, actor.name) AS actorName, ${MESSAGE_CONTENT} AS content,
       (${IS_WANTED}) AND coalesce(p.push_enabled, 1) AND session.expires_at > ? AS isWanted,
       ${QUIET_COLUMNS}
     FROM notification_outbox AS o
     JOIN notifications AS n ON n.id = o.notification_id AND n.urgency_score IS NOT NULL
     JOIN push_subscriptions AS s ON s.id = o.subscription_id
     JOIN sessions AS session ON session.id = s.session_id
     JOIN users AS u ON u.id = n.user_id
     LEFT JOIN users AS actor ON actor.id = n.actor_id
     LEFT JOIN user_preferences AS p ON p.user_id = u.id
     WHERE o.medium = 'PUSH' AND n.user_id NOT IN (SELECT value FROM json_each(?))
       AND o.next_attempt_at <= ?
     ORDER BY o.next_attempt_at, o.id LIMIT 1`,
  )
  const removeSubscription = sqlite.prepare('DELETE FROM push_subscriptions WHERE id = ?')

  function next(busy: readonly UserId[]): Delivery | undefined {
    for (;;) {
      const time = now()
      const delivery = selectNext.get(time, JSON.stringify(busy), time)
      if (delivery === undefined) return undefined
      if (delivery.isWanted === 1 && quietUntil(delivery, time) === undefined) return delivery
      // What was quiet when it happened is not news any more when the quiet ends: it is in the list.
      outbox.remove([delivery.outboxId])
    }
  }

  return createDeliveryPump({
    maxAtOnce: MAX_AT_ONCE,
    next,
    nextDueAt: () => outbox.nextDueAt('PUSH'),
    now,
    onUnexpected: deps.onUnexpected,
    async deliver(delivery) {
      const { outboxId, subscriptionId, isUrgent } = delivery
      const outcome = await send(delivery, {
        payload: payloadOf(sqlite, delivery),
        isUrgent: isUrgent === 1,
      })
      if (!sqlite.open) return
      if (outcome === 'gone') removeSubscription.run(subscriptionId)
      else if (outcome === 'later') outbox.retry([delivery])
      else outbox.remove([outboxId])
    },
  })
}

/** What the browser shows; it replaces what it shows of the same notification already. */
function payloadOf(sqlite: SqliteConnection, delivery: Delivery): string {
  const { notificationId, kind, conversationKind, conversationId, messageId } = delivery
  return JSON.stringify({
    notificationId,
    kind,
    conversation: { kind: conversationKind, id: conversationId },
    messageId,
    actorName: delivery.actorName?.slice(0, 100) ?? null,
    excerpt: excerptOf(readableText(sqlite, delivery.content ?? '')),
    isUrgent: delivery.isUrgent === 1,
  })
}
