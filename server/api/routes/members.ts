/** `/api/channels/:id/members`: who is in a channel. */
import { z } from 'zod'
import {
  addMemberRequestSchema,
  listMembersResponseSchema,
  memberSchema,
  updateMemberRequestSchema,
} from '../../../shared/api/channels.ts'
import { pageQuerySchema } from '../../../shared/api/paging.ts'
import { channelIdSchema, userIdSchema } from '../../../shared/ids.ts'
import { addMember, removeMember, updateMember } from '../../commands/channel-members.ts'
import { getMember, listMembers } from '../../queries/channels.ts'
import { requireReader } from '../../queries/conversation-access.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const channelParams = z.object({ id: channelIdSchema })
const memberParams = z.object({ id: channelIdSchema, userId: userIdSchema })

const listRoute = signedInRoute({
  method: 'get',
  path: '/channels/{id}/members',
  summary: 'List the members of a channel',
  request: { params: channelParams, query: pageQuerySchema },
  responses: { 200: json(listMembersResponseSchema, 'A page of members') },
})
const getRoute = signedInRoute({
  method: 'get',
  path: '/channels/{id}/members/{userId}',
  summary: 'Get a member of a channel',
  request: { params: memberParams },
  responses: { 200: json(memberSchema, 'The member') },
})
const addRoute = signedInRoute({
  method: 'post',
  path: '/channels/{id}/members',
  noes: [409],
  summary: 'Join a public channel, or add somebody to a channel that one is in',
  request: { params: channelParams, body: jsonBody(addMemberRequestSchema) },
  responses: { 204: { description: 'They are a member' } },
})
const updateRoute = signedInRoute({
  method: 'patch',
  path: '/channels/{id}/members/{userId}',
  noes: [409],
  summary: "Change a member's role, or what one wishes to hear of the channel oneself",
  request: { params: memberParams, body: jsonBody(updateMemberRequestSchema) },
  responses: { 204: { description: 'It was changed' } },
})
const removeRoute = signedInRoute({
  method: 'delete',
  path: '/channels/{id}/members/{userId}',
  noes: [409],
  summary: 'Leave a channel, or remove somebody from it',
  request: { params: memberParams },
  responses: { 204: { description: 'They are no member any more' } },
})

export function createMemberRoutes({ commands, readAccess }: RouteDeps): ApiApp {
  return createApp()
    .openapi(listRoute, async (context) => {
      const { id } = context.req.valid('param')
      const { userId: asker } = context.get('identity')
      requireReader(readAccess, asker, { kind: 'channel', id })
      const page = { ...context.req.valid('query'), asker }
      return context.json(await listMembers(commands.database, id, page), 200)
    })
    .openapi(getRoute, async (context) => {
      const { id, userId } = context.req.valid('param')
      const { userId: asker } = context.get('identity')
      requireReader(readAccess, asker, { kind: 'channel', id })
      return context.json(await getMember(commands.database, id, { userId, asker }), 200)
    })
    .openapi(addRoute, (context) => {
      const { id: channelId } = context.req.valid('param')
      const { userId } = context.req.valid('json')
      addMember(commands, commanderOf(context.get('identity')), { channelId, userId })
      return context.body(null, 204)
    })
    .openapi(updateRoute, (context) => {
      const { id: channelId, userId } = context.req.valid('param')
      const commander = commanderOf(context.get('identity'))
      updateMember(commands, commander, { channelId, userId }, context.req.valid('json'))
      return context.body(null, 204)
    })
    .openapi(removeRoute, (context) => {
      const { id: channelId, userId } = context.req.valid('param')
      removeMember(commands, commanderOf(context.get('identity')), { channelId, userId })
      return context.body(null, 204)
    })
}
