/** `/api/users`: people. */
import { z } from 'zod'
import {
  listUsersQuerySchema,
  listUsersResponseSchema,
  meSchema,
  userSchema,
} from '../../../shared/api/users.ts'
import { userIdSchema } from '../../../shared/ids.ts'
import { deactivatePerson, reactivatePerson } from '../../commands/deactivate-person.ts'
import { getMe, getUser, listUsers } from '../../queries/users.ts'
import {
  commanderOf,
  createApp,
  json,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

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

const deactivateRoute = signedInRoute({
  method: 'delete',
  path: '/users/{id}',
  summary: 'Deactivate a person: their sessions, tokens and connections end, what they wrote stays',
  request: { params: paramsSchema },
  responses: { 204: { description: 'They are deactivated' } },
})
const reactivateRoute = signedInRoute({
  method: 'post',
  path: '/users/{id}/reactivate',
  summary: 'Let a deactivated person sign in again',
  request: { params: paramsSchema },
  responses: { 204: { description: 'They may sign in' } },
})

export function createUserRoutes({ commands }: RouteDeps): ApiApp {
  const { database } = commands
  return createApp()
    .openapi(deactivateRoute, (context) => {
      const commander = commanderOf(context.get('identity'))
      deactivatePerson(commands, commander, context.req.valid('param').id)
      return context.body(null, 204)
    })
    .openapi(reactivateRoute, (context) => {
      const commander = commanderOf(context.get('identity'))
      reactivatePerson(commands, commander, context.req.valid('param').id)
      return context.body(null, 204)
    })
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
