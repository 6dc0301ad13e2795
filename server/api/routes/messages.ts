/** Messages of channels and DMs: the same routes for both kinds of conversation. */
import {
  editMessageHeadersSchema,
  editMessageRequestSchema,
  listMessagesQuerySchema,
  listMessagesResponseSchema,
  listRepliesResponseSchema,
  listRevisionsResponseSchema,
  locatedMessageSchema,
  messageSchema,
  postMessageHeadersSchema,
  postMessageRequestSchema,
} from '../../../shared/api/messages.ts'
import { pageQuerySchema } from '../../../shared/api/paging.ts'
import { deleteMessage, editMessage } from '../../commands/change-message.ts'
import { postMessage } from '../../commands/post-message.ts'
import { requireReader } from '../../queries/conversation-access.ts'
import { getMessage, listMessages, locateMessage } from '../../queries/messages.ts'
import { listReplies } from '../../queries/replies.ts'
import { listRevisions } from '../../queries/revisions.ts'
import {
  createApp,
  json,
  jsonBody,
  problem,
  signedInRoute,
  taggedJson,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'
import { formatEntityTag, parseIfMatch } from '../entity-tag.ts'
import { conversationPaths, messageParams, type ConversationPath } from './conversation-paths.ts'

export function createMessageRoutes(deps: RouteDeps): ApiApp {
  const app = createApp()
  for (const path of conversationPaths) {
    addPageRoutes(app, deps, path)
    addMessageRoutes(app, deps, path)
    addHistoryRoutes(app, deps, path)
  }
  return app
}

/** What all messages of a conversation have in common: reading a page, posting. */
function addPageRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  { prefix, params, toConversation }: ConversationPath,
): void {
  const { sqlite } = commands.database
  const path = `${prefix}/messages`
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
    noes: [409, 503],
    summary: 'Post a message, once for each id or Idempotency-Key',
    request: {
      params,
      headers: postMessageHeadersSchema,
      body: jsonBody(postMessageRequestSchema),
    },
    responses: { 201: taggedJson(messageSchema, 'The message, which is on disk') },
  })
  app.openapi(listRoute, (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    return context.json(listMessages(sqlite, conversation, context.req.valid('query')), 200)
  })
  app.openapi(postRoute, async (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    const { 'idempotency-key': idempotencyKey } = context.req.valid('header')
    const request = { ...context.req.valid('json'), idempotencyKey }
    const id = await postMessage(commands, conversation, actor, request)
    const message = getMessage(sqlite, conversation, id)
    context.header('ETag', formatEntityTag(message.version))
    return context.json(message, 201)
  })
}

/** Reading, editing and deleting one message. */
function addMessageRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  conversationPath: ConversationPath,
): void {
  const { sqlite } = commands.database
  const { prefix, toConversation, whereArchivedOrBusy } = conversationPath
  const path = `${prefix}/messages/{messageId}`
  const params = messageParams(conversationPath)
  const getRoute = signedInRoute({
    method: 'get',
    path,
    summary: 'Get a message, and which documents hold it and its thread; its ETag is its version',
    request: { params },
    responses: {
      200: taggedJson(locatedMessageSchema, 'The message; its words are gone when deleted'),
    },
  })
  const editRoute = signedInRoute({
    method: 'patch',
    path,
    noes: [409, 503],
    summary: "Edit one's message; with If-Match, only the version that one knows",
    request: {
      params,
      headers: editMessageHeadersSchema,
      body: jsonBody(editMessageRequestSchema),
    },
    responses: {
      200: taggedJson(messageSchema, 'The message as it is now'),
      412: problem('The message has another version'),
    },
  })
  const deleteRoute = signedInRoute({
    method: 'delete',
    path,
    noes: whereArchivedOrBusy,
    summary: "Delete one's message, or as a moderator anybody's; its place in the order stays",
    request: { params },
    responses: { 204: { description: 'The words are gone' } },
  })
  app.openapi(getRoute, (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    const message = locateMessage(sqlite, conversation, messageId)
    context.header('ETag', formatEntityTag(message.version))
    return context.json(message, 200)
  })
  app.openapi(editRoute, async (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    const versions = parseIfMatch(context.req.valid('header')['if-match'])
    const { content } = context.req.valid('json')
    await editMessage(commands, { conversation, actor, messageId }, { content, versions })
    const message = getMessage(sqlite, conversation, messageId)
    context.header('ETag', formatEntityTag(message.version))
    return context.json(message, 200)
  })
  app.openapi(deleteRoute, async (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    const { userId, origin } = context.get('identity')
    const actor = { ...requireReader(readAccess, userId, conversation), origin }
    await deleteMessage(commands, { conversation, actor, messageId })
    return context.body(null, 204)
  })
}

/** What belongs to one message: its thread, and what it said before. */
function addHistoryRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  conversationPath: ConversationPath,
): void {
  const { sqlite } = commands.database
  const { prefix, toConversation } = conversationPath
  const path = `${prefix}/messages/{messageId}`
  const params = messageParams(conversationPath)
  const repliesRoute = signedInRoute({
    method: 'get',
    path: `${path}/replies`,
    summary: 'Read a page of the replies to a message',
    request: { params, query: pageQuerySchema },
    responses: { 200: json(listRepliesResponseSchema, 'A page of replies, oldest first') },
  })
  const revisionsRoute = signedInRoute({
    method: 'get',
    path: `${path}/revisions`,
    summary: 'Read what a message said before it was edited',
    request: { params, query: pageQuerySchema },
    responses: {
      200: json(listRevisionsResponseSchema, 'Newest first; none once the message was deleted'),
    },
  })
  app.openapi(repliesRoute, (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    const page = listReplies(sqlite, conversation, messageId, context.req.valid('query'))
    return context.json(page, 200)
  })
  app.openapi(revisionsRoute, (context) => {
    const { id, messageId } = context.req.valid('param')
    const conversation = toConversation(id)
    requireReader(readAccess, context.get('identity').userId, conversation)
    const page = listRevisions(sqlite, conversation, messageId, context.req.valid('query'))
    return context.json(page, 200)
  })
}
