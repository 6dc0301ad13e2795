/** `/api/push`: Web Push to the browsers of the signed-in person. */
import {
  pushKeyResponseSchema,
  subscribeRequestSchema,
  unsubscribeRequestSchema,
} from '../../../shared/api/push.ts'
import { AppError } from '../../../shared/errors.ts'
import { subscribe, unsubscribe } from '../../commands/push-subscriptions.ts'
import {
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const keyRoute = signedInRoute({
  method: 'get',
  path: '/push/key',
  summary: 'The public key with which a browser subscribes to Web Push',
  responses: { 200: json(pushKeyResponseSchema, 'The key') },
})
const subscribeRoute = signedInRoute({
  method: 'post',
  path: '/push/subscriptions',
  summary: 'Send Web Push to this browser, until its session ends; needs a session, not a token',
  request: { body: jsonBody(subscribeRequestSchema) },
  responses: { 204: { description: 'It is subscribed' } },
})
const unsubscribeRoute = signedInRoute({
  method: 'delete',
  path: '/push/subscriptions',
  summary: 'Send no more Web Push to this browser',
  request: { body: jsonBody(unsubscribeRequestSchema) },
  responses: { 204: { description: 'It is not subscribed' } },
})

export function createPushRoutes({ commands, pushKey }: RouteDeps): ApiApp {
  return createApp()
    .openapi(keyRoute, (context) => context.json({ publicKey: pushKey }, 200))
    .openapi(subscribeRoute, (context) => {
      const { userId, credential } = context.get('identity')
      // It ends with the session: whoever signs out is told nothing more on that machine.
      if (credential.kind !== 'session') throw new AppError('forbidden')
      const { endpoint, keys } = context.req.valid('json')
      subscribe(commands, { userId, sessionId: credential.id }, { endpoint, keys })
      return context.body(null, 204)
    })
    .openapi(unsubscribeRoute, (context) => {
      unsubscribe(commands, context.get('identity').userId, context.req.valid('json').endpoint)
      return context.body(null, 204)
    })
}
