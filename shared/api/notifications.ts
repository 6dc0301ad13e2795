/** REST contract: what one was notified of. */
import { z } from 'zod'
import { channelIdSchema, messageIdSchema, threadIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { pageQuerySchema } from './paging.ts'

/** Why one is notified; of several reasons the first that holds. `REACTION` stands beside them. */
export const notificationKinds = [
  'MENTION',
  'GROUP_MENTION',
  'DM',
  'REPLY',
  'KEYWORD',
  'MESSAGE',
  'REACTION',
] as const

export const notificationIdSchema = z.uuid()

export const notificationSchema = z
  .strictObject({
    id: notificationIdSchema,
    kind: z.enum(notificationKinds),
    conversation: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('channel'), id: channelIdSchema }),
      z.strictObject({ kind: z.literal('dm'), id: threadIdSchema }),
    ]),
    messageId: messageIdSchema,
    actorId: userIdSchema.describe('Who wrote or reacted.'),
    excerpt: z.string().describe('How the message begins.'),
    isUrgent: z.boolean(),
    createdAt: timeSchema,
    readAt: timeSchema.nullable(),
  })
  .meta({ id: 'Notification' })

/** `GET /notifications?unreadOnly=&limit=&cursor=`: the newest first. */
export const listNotificationsQuerySchema = pageQuerySchema.extend({
  unreadOnly: z.stringbool().default(false),
})
export const listNotificationsResponseSchema = z.strictObject({
  notifications: z.array(notificationSchema),
  nextCursor: z.string().nullable(),
  unreadCount: z.int(),
})

/** `POST /notifications/read`. Those that are not one's own, or gone, are passed over. */
export const readNotificationsRequestSchema = z.strictObject({
  ids: z.array(notificationIdSchema).min(1).max(500),
})
export const readNotificationsResponseSchema = z.strictObject({ unreadCount: z.int() })

export type Notification = z.infer<typeof notificationSchema>
export type NotificationKind = (typeof notificationKinds)[number]
