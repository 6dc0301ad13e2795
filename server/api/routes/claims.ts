/** Claim links: an imported person gets a password. */
import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  claimLinkSchema,
  claimRequestSchema,
  claimResponseSchema,
} from '../../../shared/api/auth.ts'
import { userIdSchema } from '../../../shared/ids.ts'
import type { Auth } from '../../auth/auth.ts'
import { claimPerson, createClaimLink } from '../../commands/claim-person.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  problemResponses,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'
import { originOf } from '../request-origin.ts'

const linkRoute = signedInRoute({
  method: 'post',
  path: '/users/{id}/claim-link',
  noes: [409],
  summary: 'Make a link by which an imported person sets a password; for admins',
  request: { params: z.object({ id: userIdSchema }) },
  responses: { 201: json(claimLinkSchema, 'The link, shown this once') },
})
const claimRoute = createRoute({
  method: 'post',
  path: '/auth/claim',
  summary: 'Set the password of the imported person whom a claim link is for',
  request: { body: jsonBody(claimRequestSchema) },
  responses: {
    200: json(claimResponseSchema, 'The person can sign in now'),
    ...problemResponses,
  },
})

export function createClaimLinkRoutes({
  commands,
  publicUrl,
}: RouteDeps & { publicUrl: string }): ApiApp {
  return createApp().openapi(linkRoute, (context) => {
    const commander = commanderOf(context.get('identity'))
    const { id: userId } = context.req.valid('param')
    return context.json(createClaimLink(commands, commander, { userId, publicUrl }), 201)
  })
}

/** For people who cannot sign in yet. */
export function createClaimRoutes({ commands, auth }: RouteDeps & { auth: Auth }): ApiApp {
  return createApp().openapi(claimRoute, async (context) => {
    const origin = originOf(context.req.raw.headers)
    const email = await claimPerson(commands, context.req.valid('json'), {
      hashPassword: auth.hashPassword,
      origin,
    })
    // An admin, or an import, said that it is theirs; nobody has shown it.
    await auth.askForProof(email)
    return context.json({ email }, 200)
  })
}
