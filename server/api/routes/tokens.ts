/** `/api/tokens`: personal access tokens. */
import { z } from 'zod'
import {
  createTokenRequestSchema,
  createTokenResponseSchema,
  listTokensResponseSchema,
  tokenIdSchema,
} from '../../../shared/api/tokens.ts'
import { AppError } from '../../../shared/errors.ts'
import { listTokens, makeToken, revokeToken } from '../../commands/tokens.ts'
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
  path: '/tokens',
  summary: "List one's personal access tokens",
  responses: { 200: json(listTokensResponseSchema, 'All tokens, without their secrets') },
})
const createRoute = signedInRoute({
  method: 'post',
  path: '/tokens',
  noes: [409],
  summary: 'Make a personal access token; needs a session, not another token',
  request: { body: jsonBody(createTokenRequestSchema) },
  responses: { 201: json(createTokenResponseSchema, 'The token, shown this once') },
})
const revokeRoute = signedInRoute({
  method: 'delete',
  path: '/tokens/{id}',
  summary: 'Revoke a personal access token at once',
  request: { params: z.object({ id: tokenIdSchema }) },
  responses: { 204: { description: 'The token is worth nothing any more' } },
})

export function createTokenRoutes({ commands }: RouteDeps): ApiApp {
  return createApp()
    .openapi(listRoute, (context) => {
      const tokens = listTokens(commands, context.get('identity').userId)
      return context.json({ tokens }, 200)
    })
    .openapi(createRoute, (context) => {
      const identity = context.get('identity')
      // Otherwise a leaked token could outlive its revocation by having made others.
      if (identity.credential.kind !== 'session') throw new AppError('forbidden')
      const commander = commanderOf(identity)
      return context.json(makeToken(commands, commander, context.req.valid('json')), 201)
    })
    .openapi(revokeRoute, (context) => {
      revokeToken(commands, commanderOf(context.get('identity')), context.req.valid('param').id)
      return context.body(null, 204)
    })
}
