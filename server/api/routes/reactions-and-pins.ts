/** Reactions and pins of messages, in channels and DMs. */
import {
  listPinsResponseSchema,
  messageSchema,
  reactionRequestSchema,
} from '../../../shared/api/messages.ts'
import { pageQuerySchema } from '../../../shared/api/paging.ts'
import { changePin, changeReaction } from '../../commands/change-message.ts'
import { requireReader } from '../../queries/conversation-access.ts'
import { getMessage } from '../../queries/messages.ts'
import { listPins } from '../../queries/pins.ts'
import {
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'
import { conversationPaths, messageParams, type ConversationPath } from './conversation-paths.ts'

export function createReactionAndPinRoutes(deps: RouteDeps): ApiApp {
  const app = createApp()
  for (const path of conversationPaths) {
    addReactionRoutes(app, deps, path)
    addPinRoutes(app, deps, path)
  }
  return app
}

function addReactionRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  conversationPath: ConversationPath,
): void {
  const { sqlite } = commands.database
  const { prefix, toConversation, whereArchivedOrBusy } = conversationPath
  const path = `${prefix}/messages/{messageId}/reactions`
  const params = messageParams(conversationPath)
  const giveRoute = signedInRoute({
    method: 'post',
    path,
    noes: [409, 503],
    summary: 'React to a message',
    request: { params, body: jsonBody(reactionRequestSchema) },
    responses: { 200: json(messageSchema, 'The message with its reactions') },
  })
  const takeBackRoute = signedInRoute({
    method: 'delete',
    path,
    noes: whereArchivedOrBusy,
    summary: "Take one's reaction back",
    request: { params, query: reactionRequestSchema },
    responses: { 200: json(messageSchema, 'The message with its reactions') },
  })
  app.openapi(giveRoute, async (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    const { emoji } = context.req.valid('json')
    const target = { conversation, actor, messageId }
    await changeReaction(commands, target, { emoji, isGiven: true })
    return context.json(getMessage(sqlite, conversation, messageId), 200)
  })
  app.openapi(takeBackRoute, async (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    const { emoji } = context.req.valid('query')
    const target = { conversation, actor, messageId }
    await changeReaction(commands, target, { emoji, isGiven: false })
    return context.json(getMessage(sqlite, conversation, messageId), 200)
  })
}

function addPinRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  conversationPath: ConversationPath,
): void {
  const { sqlite } = commands.database
  const { prefix, toConversation, whereArchivedOrBusy } = conversationPath
  const path = `${prefix}/messages/{messageId}/pin`
  const params = messageParams(conversationPath)
  const listRoute = signedInRoute({
    method: 'get',
    path: `${prefix}/pins`,
    summary: 'Read a page of what is pinned',
    request: { params: conversationPath.params, query: pageQuerySchema },
    responses: { 200: json(listPinsResponseSchema, 'A page of pins, the newest first') },
  })
  const pinRoute = signedInRoute({
    method: 'put',
    path,
    noes: [409, 503],
    summary: 'Pin a message',
    request: { params },
    responses: { 204: { description: 'It is pinned' } },
  })
  const unpinRoute = signedInRoute({
    method: 'delete',
    path,
    noes: whereArchivedOrBusy,
    summary: 'Remove the pin of a message, whoever pinned it',
    request: { params },
    responses: { 204: { description: 'It is not pinned' } },
  })
  app.openapi(listRoute, (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    return context.json(listPins(sqlite, conversation, context.req.valid('query')), 200)
  })
  app.openapi(pinRoute, async (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    await changePin(commands, { conversation, actor, messageId }, { isPinned: true })
    return context.body(null, 204)
  })
  app.openapi(unpinRoute, async (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    await changePin(commands, { conversation, actor, messageId }, { isPinned: false })
    return context.body(null, 204)
  })
}
