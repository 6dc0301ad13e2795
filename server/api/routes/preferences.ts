/** `/api/users/:id/preferences`: one's own alone. */
import { z } from 'zod'
import {
  preferencesSchema,
  updatePreferencesRequestSchema,
} from '../../../shared/api/preferences.ts'
import { AppError } from '../../../shared/errors.ts'
import { userIdSchema, type UserId } from '../../../shared/ids.ts'
import { updatePreferences } from '../../commands/update-preferences.ts'
import { getPreferences } from '../../queries/preferences.ts'
import {
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const params = z.object({ id: userIdSchema })

const getRoute = signedInRoute({
  method: 'get',
  path: '/users/{id}/preferences',
  isOwn: true,
  summary: 'Read what one wishes to be notified of',
  request: { params },
  responses: { 200: json(preferencesSchema, 'The wishes') },
})
const updateRoute = signedInRoute({
  method: 'patch',
  path: '/users/{id}/preferences',
  isOwn: true,
  summary: 'Change what one wishes to be notified of',
  request: { params, body: jsonBody(updatePreferencesRequestSchema) },
  responses: { 200: json(preferencesSchema, 'The wishes as they are now') },
})

export function createPreferenceRoutes({ commands }: RouteDeps): ApiApp {
  return createApp()
    .openapi(getRoute, (context) => {
      const { id } = context.req.valid('param')
      requireOneself(id, context.get('identity').userId)
      return context.json(getPreferences(commands.database, id), 200)
    })
    .openapi(updateRoute, (context) => {
      const { id } = context.req.valid('param')
      requireOneself(id, context.get('identity').userId)
      return context.json(updatePreferences(commands, id, context.req.valid('json')), 200)
    })
}

function requireOneself(id: UserId, userId: UserId): void {
  if (id !== userId) throw new AppError('forbidden')
}
