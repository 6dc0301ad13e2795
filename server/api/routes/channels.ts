/** `/api/channels`: channels themselves. */
import { z } from 'zod'
import {
  channelSchema,
  createChannelRequestSchema,
  listChannelsQuerySchema,
  listChannelsResponseSchema,
  updateChannelRequestSchema,
} from '../../../shared/api/channels.ts'
import { channelIdSchema } from '../../../shared/ids.ts'
import { createChannel } from '../../commands/create-channel.ts'
import { updateChannel } from '../../commands/update-channel.ts'
import { getChannel, listChannels } from '../../queries/channels.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const params = z.object({ id: channelIdSchema })

const listRoute = signedInRoute({
  method: 'get',
  path: '/channels',
  summary: 'List the channels that one is in, and the public ones',
  request: { query: listChannelsQuerySchema },
  responses: { 200: json(listChannelsResponseSchema, 'A page of channels') },
})
const createChannelRoute = signedInRoute({
  method: 'post',
  path: '/channels',
  noes: [409],
  summary: 'Create a channel',
  request: { body: jsonBody(createChannelRequestSchema) },
  responses: { 201: json(channelSchema, 'The channel') },
})
const getRoute = signedInRoute({
  method: 'get',
  path: '/channels/{id}',
  summary: 'Get a channel',
  request: { params },
  responses: { 200: json(channelSchema, 'The channel') },
})
const updateRoute = signedInRoute({
  method: 'patch',
  path: '/channels/{id}',
  noes: [409],
  summary: 'Rename, describe, archive, reopen or move a channel; say who may post and what is kept',
  request: { params, body: jsonBody(updateChannelRequestSchema) },
  responses: { 200: json(channelSchema, 'The channel as it is now') },
})
const archiveRoute = signedInRoute({
  method: 'delete',
  path: '/channels/{id}',
  summary: 'Archive a channel; PATCH reopens it',
  request: { params },
  responses: { 200: json(channelSchema, 'The archived channel') },
})

export function createChannelRoutes({ commands }: RouteDeps): ApiApp {
  const { database } = commands
  return createApp()
    .openapi(listRoute, async (context) => {
      const reader = context.get('identity')
      return context.json(await listChannels(database, reader, context.req.valid('query')), 200)
    })
    .openapi(createChannelRoute, async (context) => {
      const commander = commanderOf(context.get('identity'))
      const id = createChannel(commands, commander, context.req.valid('json'))
      return context.json(await getChannel(database, commander, id), 201)
    })
    .openapi(getRoute, async (context) => {
      const { id } = context.req.valid('param')
      return context.json(await getChannel(database, context.get('identity'), id), 200)
    })
    .openapi(updateRoute, async (context) => {
      const { id } = context.req.valid('param')
      const commander = commanderOf(context.get('identity'))
      updateChannel(commands, commander, id, context.req.valid('json'))
      return context.json(await getChannel(database, commander, id), 200)
    })
    .openapi(archiveRoute, async (context) => {
      const { id } = context.req.valid('param')
      const commander = commanderOf(context.get('identity'))
      updateChannel(commands, commander, id, { isArchived: true })
      return context.json(await getChannel(database, commander, id), 200)
    })
}
