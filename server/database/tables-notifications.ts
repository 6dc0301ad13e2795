/** Columns of the tables of mentions, notifications and their delivery (migration 0011). */
import type { Generated } from 'kysely'
import type { NotificationKind } from '../../shared/api/notifications.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationId, MessageId, UserId } from '../../shared/ids.ts'

interface MentionsTable {
  conversation_id: ConversationId
  message_id: MessageId
  user_id: UserId | null
  group_name: 'channel' | 'here' | null
}

interface NotificationsTable {
  id: string
  user_id: UserId
  kind: NotificationKind
  conversation_kind: Conversation['kind']
  conversation_id: ConversationId
  message_id: MessageId
  actor_id: UserId
  is_urgent: Generated<number>
  urgency_score: number | null
  created_at: number
  read_at: number | null
  dismissed_at: number | null
}

interface PushSubscriptionsTable {
  id: string
  user_id: UserId
  session_id: string
  endpoint: string
  p256dh: string
  auth: string
  created_at: number
}

interface NotificationOutboxTable {
  id: Generated<number>
  notification_id: string
  medium: 'PUSH' | 'EMAIL'
  subscription_id: string | null
  attempts: Generated<number>
  next_attempt_at: number
}

export interface NotificationTables {
  mentions: MentionsTable
  notifications: NotificationsTable
  push_subscriptions: PushSubscriptionsTable
  notification_outbox: NotificationOutboxTable
}
