/** How far one has read in a channel or DM, and that one types there. */
import {
  markReadRequestSchema,
  readingSchema,
  typingRequestSchema,
} from '../../../shared/api/reading.ts'
import { AppError } from '../../../shared/errors.ts'
import { markRead, markUnread } from '../../commands/mark-read.ts'
import { requireReader } from '../../queries/conversation-access.ts'
import { readReading } from '../../queries/reading.ts'
import {
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'
import { conversationPaths, type ConversationPath } from './conversation-paths.ts'

export function createReadingRoutes(deps: RouteDeps): ApiApp {
  const app = createApp()
  for (const path of conversationPaths) {
    addMarkRoutes(app, deps, path)
    addTypingRoute(app, deps, path)
  }
  return app
}

function addMarkRoutes(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  { prefix, params, toConversation }: ConversationPath,
): void {
  const { sqlite } = commands.database
  const request = { params, body: jsonBody(markReadRequestSchema) }
  const responses = { 200: json(readingSchema, 'What is read and unread now') }
  const readRoute = signedInRoute({
    method: 'post',
    path: `${prefix}/read`,
    summary: 'Mark read what arrived up to a message; never moves back',
    request,
    responses,
  })
  const unreadRoute = signedInRoute({
    method: 'post',
    path: `${prefix}/unread`,
    summary: 'Mark a message and what arrived after it unread',
    request,
    responses,
  })
  app.openapi(readRoute, (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    const { userId } = requireReader(readAccess, context.get('identity').userId, conversation)
    markRead(commands, userId, { conversation, ...context.req.valid('json') })
    return context.json(readReading(sqlite, conversation, userId), 200)
  })
  app.openapi(unreadRoute, (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    const { userId } = requireReader(readAccess, context.get('identity').userId, conversation)
    markUnread(commands, userId, { conversation, ...context.req.valid('json') })
    return context.json(readReading(sqlite, conversation, userId), 200)
  })
}

function addTypingRoute(
  app: ApiApp,
  { commands, readAccess }: RouteDeps,
  { prefix, params, toConversation, whereArchived }: ConversationPath,
): void {
  const route = signedInRoute({
    method: 'post',
    path: `${prefix}/typing`,
    noes: whereArchived,
    summary: 'Show that one types, or has stopped',
    request: { params, body: jsonBody(typingRequestSchema) },
    responses: { 204: { description: 'Those who have the conversation open see it' } },
  })
  app.openapi(route, (context) => {
    const conversation = toConversation(context.req.valid('param').id)
    const actor = requireReader(readAccess, context.get('identity').userId, conversation)
    const { writeDenial, canPost } = actor.access
    if (writeDenial !== undefined) throw new AppError(writeDenial)
    if (!canPost) throw new AppError('posting_restricted')
    const { isTyping } = context.req.valid('json')
    commands.notifier.showTyping(actor.userId, conversation, isTyping)
    return context.body(null, 204)
  })
}
