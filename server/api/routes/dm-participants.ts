/** `/api/dm/:id/participants`: who is in a direct message. */
import { z } from 'zod'
import {
  addParticipantsRequestSchema,
  dmSchema,
  listParticipantsResponseSchema,
} from '../../../shared/api/dms.ts'
import { threadIdSchema } from '../../../shared/ids.ts'
import { addParticipants, leaveDm } from '../../commands/change-dm.ts'
import { requireReader } from '../../queries/conversation-access.ts'
import { getDm, listParticipants } from '../../queries/dms.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const params = z.object({ id: threadIdSchema })
const path = '/dm/{id}/participants'

const listRoute = signedInRoute({
  method: 'get',
  path,
  summary: 'List who is in a direct message',
  request: { params },
  responses: { 200: json(listParticipantsResponseSchema, 'Everybody in it') },
})
const addRoute = signedInRoute({
  method: 'post',
  path,
  summary: 'Start a direct message of these people and others, or find it',
  request: { params, body: jsonBody(addParticipantsRequestSchema) },
  responses: { 200: json(dmSchema, 'The other thread; this one stays as it is') },
})
const leaveRoute = signedInRoute({
  method: 'delete',
  path,
  noes: [409],
  summary: 'Leave a group',
  request: { params },
  responses: { 204: { description: 'One is not in it any more' } },
})

export function createDmParticipantRoutes({ commands, readAccess }: RouteDeps): ApiApp {
  const { database } = commands
  return createApp()
    .openapi(listRoute, (context) => {
      const { id } = context.req.valid('param')
      requireReader(readAccess, context.get('identity').userId, { kind: 'dm', id })
      return context.json({ participants: listParticipants(database, id) }, 200)
    })
    .openapi(addRoute, async (context) => {
      const { id } = context.req.valid('param')
      const commander = commanderOf(context.get('identity'))
      const { userIds } = context.req.valid('json')
      const otherId = addParticipants(commands, commander, id, userIds)
      return context.json(await getDm(database, commander.userId, otherId), 200)
    })
    .openapi(leaveRoute, (context) => {
      leaveDm(commands, commanderOf(context.get('identity')), context.req.valid('param').id)
      return context.body(null, 204)
    })
}
