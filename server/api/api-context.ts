/** What routes get, and the pieces from which every route's contract is put together. */
import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { z } from 'zod'
import { problemSchema } from '../../shared/api/problem.ts'
import type { Identity } from '../auth/authenticate.ts'
import type { CommandContext, Commander } from '../commands/command-context.ts'
import type { RequestOrigin } from '../database/write-audit-entry.ts'
import type { ReadConversationAccess } from '../queries/conversation-access.ts'
import { toValidationResponse } from './error-response.ts'

export interface ApiVariables {
  /** Who asks, and from where. */
  identity: Identity & { origin?: RequestOrigin }
  requestId: string
}

export interface ApiEnvironment {
  Variables: ApiVariables
}

export type ApiApp = OpenAPIHono<ApiEnvironment>

export interface RouteDeps {
  commands: CommandContext
  readAccess: ReadConversationAccess
  /** Somebody was erased: what they wrote waits to be removed. */
  onErasure: () => void
  /** With which browsers subscribe to Web Push. */
  pushKey: string
}

export function createApp(): ApiApp {
  return new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result, context) =>
      result.success ? undefined : toValidationResponse(context, result.error),
  })
}

export function commanderOf({ userId, role, origin }: ApiVariables['identity']): Commander {
  return { userId, role, origin }
}

/** What a route may answer beyond what follows from its method, its address and what it takes. */
interface Noes {
  noes?: readonly (403 | 404 | 409 | 503)[]
  /** Its address names the asker themself; anybody else is forbidden. */
  isOwn?: true
}

/** A route that only signed-in people reach, with the errors that it may answer. */
export function signedInRoute<const Config extends RouteConfig>(config: Config & Noes) {
  const statuses = new Set<string>(statusesOf(config).map(String))
  const noes = Object.fromEntries(
    Object.entries(problemResponses).filter(([status]) => statuses.has(status)),
  ) as typeof problemResponses // handlers answer none of them: they throw
  return createRoute({
    ...config,
    security: [{ session: [] }, { token: [] }],
    responses: { ...config.responses, ...noes },
  })
}

function statusesOf({ method, path, request, noes = [], isOwn }: RouteConfig & Noes): number[] {
  return [
    ...[401, 429, 500, ...noes],
    ...(request === undefined ? [] : [400]),
    ...(path.includes('{') ? [isOwn ? 403 : 404] : []),
    // Whoever writes may come from another site, bring too much, or find the disk full.
    ...(method === 'get' ? [] : [403, 413, 507]),
  ]
}

export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON request body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** An error that a route may answer beyond those of every route. */
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})

/** Tells when to come back. */
const later = (description: string) => ({
  ...problem(description),
  headers: {
    'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' as const } },
  },
})

/** A message, whose `ETag` is its version. */
export function taggedJson<Schema extends z.ZodType>(schema: Schema, description: string) {
  const tag = { description: 'The version of the message', schema: { type: 'string' as const } }
  return { ...json(schema, description), headers: { ETag: tag } }
}

/** The errors that any route may answer. */
export const problemResponses = {
  400: problem('The request, or the change that it asks for, is not valid'),
  401: problem('Nobody is signed in'),
  403: problem('Not allowed for the asker'),
  404: problem('Does not exist, or the asker may not see it'),
  409: problem('Contradicts the present state'),
  413: problem('Too large'),
  429: later('Too many requests'),
  500: problem('An unexpected fault of the server'),
  503: later('Try again later'),
  507: problem('The server has no space left'),
}
