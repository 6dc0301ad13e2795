/** Messages of channels and DMs: the same routes for both kinds of conversation. */
import { z } from 'zod'
import {
  listMessagesQuerySchema,
  listMessagesResponseSchema,
  locatedMessageSchema,
  messageSchema,
  postMessageRequestSchema,
} from '../../../shared/api/messages.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, threadIdSchema } from '../../../shared/ids.ts'
import { postMessage } from '../../commands/post-message.ts'
import { requireReader } from '../../queries/conversation-access.ts'
import { getMessage, listMessages, locateMessage } from '../../queries/messages.ts'
import {
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

export function createMessageRoutes(deps: RouteDeps): ApiApp {
  const app = createApp()
  addRoutes(app, deps, '/channels', z.object({ id: channelIdSchema }), (id) => ({
    kind: 'channel',
    id: channelIdSchema.parse(id),
  }))
  addRoutes(app, deps, '/dm', z.object({ id: threadIdSchema }), (id) => ({
    kind: 'dm',
    id: threadIdSchema.parse(id),
  }))
  return app
}

function addRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  prefix: string,
  params: z.ZodObject<{ id: z.ZodType<string> }>,
  toConversation: (id: string) => Conversation,
): void {
  const { sqlite } = commands.database
  const path = `${prefix}/{id}/messages`

  const listRoute = signedInRoute({
    method: 'get',
    path,
    summary: 'Read a page of messages',
    request: { params, query: listMessagesQuerySchema },
    responses: { 200: json(listMessagesResponseSchema, 'A page of messages, oldest first') },
  })
  const postRoute = signedInRoute({
    method: 'post',
    path,
    summary: 'Post a message',
    request: { params, body: jsonBody(postMessageRequestSchema) },
    responses: { 201: json(messageSchema, 'The message, which is on disk') },
  })

  const getRoute = signedInRoute({
    method: 'get',
    path: `${path}/{messageId}`,
    summary: 'Get a message, and which documents hold it and its thread',
    request: { params: params.extend({ messageId: messageIdSchema }) },
    responses: { 200: json(locatedMessageSchema, 'The message; its words are gone when deleted') },
  })

  app.openapi(listRoute, (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    return context.json(listMessages(sqlite, conversation, context.req.valid('query')), 200)
  })
  app.openapi(postRoute, async (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    const id = await postMessage(commands, conversation, actor, context.req.valid('json'))
    return context.json(getMessage(sqlite, conversation, id), 201)
  })
  app.openapi(getRoute, (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    return context.json(locateMessage(sqlite, conversation, messageId), 200)
  })
}
