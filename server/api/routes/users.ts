/** `/api/users`: people. */
import { z } from 'zod'
import {
  listUsersQuerySchema,
  listUsersResponseSchema,
  meSchema,
  userSchema,
} from '../../../shared/api/users.ts'
import { userIdSchema } from '../../../shared/ids.ts'
import { getMe, getUser, listUsers } from '../../queries/users.ts'
import { createApp, json, signedInRoute, type ApiApp, type RouteDeps } from '../api-context.ts'

const paramsSchema = z.object({ id: userIdSchema })

const meRoute = signedInRoute({
  method: 'get',
  path: '/users/me',
  summary: 'Who am I',
  responses: { 200: json(meSchema, 'The signed-in person') },
})
const listRoute = signedInRoute({
  method: 'get',
  path: '/users',
  summary: 'List people by name',
  request: { query: listUsersQuerySchema },
  responses: { 200: json(listUsersResponseSchema, 'A page of people') },
})
const getRoute = signedInRoute({
  method: 'get',
  path: '/users/{id}',
  summary: 'Get a person',
  request: { params: paramsSchema },
  responses: { 200: json(userSchema, 'The person') },
})

export function createUserRoutes({ commands: { database } }: RouteDeps): ApiApp {
  return createApp()
    .openapi(meRoute, async (context) =>
      context.json(await getMe(database, context.get('identity').userId), 200),
    )
    .openapi(listRoute, async (context) =>
      context.json(await listUsers(database, context.req.valid('query')), 200),
    )
    .openapi(getRoute, async (context) =>
      context.json(await getUser(database, context.req.valid('param').id), 200),
    )
}
