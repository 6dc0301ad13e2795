/** `/api/users`: people. */
import { z } from 'zod'
import {
  createUserRequestSchema,
  listUsersQuerySchema,
  listUsersResponseSchema,
  meSchema,
  updateStatusRequestSchema,
  updateUserRequestSchema,
  userSchema,
} from '../../../shared/api/users.ts'
import { userIdSchema } from '../../../shared/ids.ts'
import { createPerson } from '../../commands/create-person.ts'
import { deactivatePerson, reactivatePerson } from '../../commands/deactivate-person.ts'
import { updatePerson } from '../../commands/update-person.ts'
import { updateStatus } from '../../commands/update-status.ts'
import { getMe, getUser, listUsers } from '../../queries/users.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
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
const createPersonRoute = signedInRoute({
  method: 'post',
  path: '/users',
  noes: [409],
  summary: 'Add a person without a password, who claims the account by a link; for admins',
  request: { body: jsonBody(createUserRequestSchema) },
  responses: { 201: json(userSchema, 'The person') },
})
const updateRoute = signedInRoute({
  method: 'patch',
  path: '/users/{id}',
  noes: [409],
  summary: "Change one's profile; admins change that of others, and roles",
  request: { params: paramsSchema, body: jsonBody(updateUserRequestSchema) },
  responses: { 200: json(userSchema, 'The person as they are now') },
})
const statusRoute = signedInRoute({
  method: 'patch',
  path: '/users/{id}/status',
  isOwn: true,
  summary: 'Say how one is, for a while or until further notice',
  request: { params: paramsSchema, body: jsonBody(updateStatusRequestSchema) },
  responses: { 200: json(userSchema, 'The person as they are now') },
})
const deactivateRoute = signedInRoute({
  method: 'delete',
  path: '/users/{id}',
  noes: [409],
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
  const { database, now } = commands
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
      context.json(await getMe(database, context.get('identity').userId, now()), 200),
    )
    .openapi(listRoute, async (context) =>
      context.json(await listUsers(database, { ...context.req.valid('query'), now: now() }), 200),
    )
    .openapi(getRoute, async (context) =>
      context.json(await getUser(database, context.req.valid('param').id, now()), 200),
    )
    .openapi(createPersonRoute, async (context) => {
      const commander = commanderOf(context.get('identity'))
      const id = createPerson(commands, commander, context.req.valid('json'))
      return context.json(await getUser(database, id, now()), 201)
    })
    .openapi(updateRoute, async (context) => {
      const { id: userId } = context.req.valid('param')
      const changes = context.req.valid('json')
      updatePerson(commands, commanderOf(context.get('identity')), { userId, changes })
      return context.json(await getUser(database, userId, now()), 200)
    })
    .openapi(statusRoute, async (context) => {
      const { id: userId } = context.req.valid('param')
      const changes = context.req.valid('json')
      updateStatus(commands, commanderOf(context.get('identity')), { userId, changes })
      return context.json(await getUser(database, userId, now()), 200)
    })
}
