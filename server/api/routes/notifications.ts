/** `/api/notifications`: what the signed-in person was notified of. */
import { z } from 'zod'
import {
  listNotificationsQuerySchema,
  listNotificationsResponseSchema,
  notificationIdSchema,
  readNotificationsRequestSchema,
  readNotificationsResponseSchema,
} from '../../../shared/api/notifications.ts'
import { dismissNotification, readNotifications } from '../../commands/notifications.ts'
import { countUnread, listNotifications } from '../../queries/notifications.ts'
import {
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const listRoute = signedInRoute({
  method: 'get',
  path: '/notifications',
  summary: 'List what one was notified of, the newest first',
  request: { query: listNotificationsQuerySchema },
  responses: { 200: json(listNotificationsResponseSchema, 'A page, and how many are not read') },
})
const readRoute = signedInRoute({
  method: 'post',
  path: '/notifications/read',
  summary: 'Mark notifications as read',
  request: { body: jsonBody(readNotificationsRequestSchema) },
  responses: { 200: json(readNotificationsResponseSchema, 'How many are not read now') },
})
const dismissRoute = signedInRoute({
  method: 'delete',
  path: '/notifications/{id}',
  summary: 'Take a notification off the list for good',
  request: { params: z.object({ id: notificationIdSchema }) },
  responses: { 204: { description: 'It is off the list' } },
})

export function createNotificationRoutes({ commands }: RouteDeps): ApiApp {
  const { database } = commands
  return createApp()
    .openapi(listRoute, async (context) => {
      const { userId } = context.get('identity')
      const page = await listNotifications(database, userId, context.req.valid('query'))
      return context.json({ ...page, unreadCount: countUnread(database, userId) }, 200)
    })
    .openapi(readRoute, (context) => {
      const { userId } = context.get('identity')
      readNotifications(commands, userId, context.req.valid('json').ids)
      return context.json({ unreadCount: countUnread(database, userId) }, 200)
    })
    .openapi(dismissRoute, (context) => {
      const { userId } = context.get('identity')
      dismissNotification(commands, userId, context.req.valid('param').id)
      return context.body(null, 204)
    })
}
