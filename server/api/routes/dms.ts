/** `/api/dm`: direct-message threads. */
import { z } from 'zod'
import {
  dmSchema,
  listDmsQuerySchema,
  listDmsResponseSchema,
  startDmRequestSchema,
  updateDmRequestSchema,
} from '../../../shared/api/dms.ts'
import { threadIdSchema } from '../../../shared/ids.ts'
import { updateDm } from '../../commands/change-dm.ts'
import { startDm } from '../../commands/start-dm.ts'
import { getDm, listDms } from '../../queries/dms.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const listRoute = signedInRoute({
  method: 'get',
  path: '/dm',
  summary: "List one's direct messages",
  request: { query: listDmsQuerySchema },
  responses: { 200: json(listDmsResponseSchema, 'A page of threads') },
})
const startRoute = signedInRoute({
  method: 'post',
  path: '/dm',
  noes: [404],
  summary: 'Start a direct message, or find the one with the same people',
  request: { body: jsonBody(startDmRequestSchema) },
  responses: { 200: json(dmSchema, 'The thread') },
})
const getRoute = signedInRoute({
  method: 'get',
  path: '/dm/{id}',
  summary: 'Get a direct message thread',
  request: { params: z.object({ id: threadIdSchema }) },
  responses: { 200: json(dmSchema, 'The thread') },
})
const updateRoute = signedInRoute({
  method: 'patch',
  path: '/dm/{id}',
  summary: 'Mute or archive a direct message for oneself, or choose what one hears of it',
  request: { params: z.object({ id: threadIdSchema }), body: jsonBody(updateDmRequestSchema) },
  responses: { 200: json(dmSchema, 'The thread') },
})

export function createDmRoutes({ commands }: RouteDeps): ApiApp {
  const { database } = commands
  return createApp()
    .openapi(listRoute, async (context) => {
      const { userId } = context.get('identity')
      return context.json(await listDms(database, userId, context.req.valid('query')), 200)
    })
    .openapi(startRoute, async (context) => {
      const commander = commanderOf(context.get('identity'))
      const { participantIds } = context.req.valid('json')
      const id = startDm(commands, commander, participantIds)
      return context.json(await getDm(database, commander.userId, id), 200)
    })
    .openapi(getRoute, async (context) => {
      const { id } = context.req.valid('param')
      return context.json(await getDm(database, context.get('identity').userId, id), 200)
    })
    .openapi(updateRoute, async (context) => {
      const { id } = context.req.valid('param')
      const commander = commanderOf(context.get('identity'))
      updateDm(commands, commander, id, context.req.valid('json'))
      return context.json(await getDm(database, commander.userId, id), 200)
    })
}
