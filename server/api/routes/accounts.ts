/** `/api/accounts`: the ways in which one signs in. Linking another is better-auth's. */
import { z } from 'zod'
import { listAccountsResponseSchema, type SignInWays } from '../../../shared/api/sign-in-ways.ts'
import { AppError } from '../../../shared/errors.ts'
import { listAccounts, unlinkAccount } from '../../commands/accounts.ts'
import {
  commanderOf,
  createApp,
  json,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const listRoute = signedInRoute({
  method: 'get',
  path: '/accounts',
  summary: 'List the ways in which one can sign in',
  responses: { 200: json(listAccountsResponseSchema, 'Without anything secret') },
})
const unlinkRoute = signedInRoute({
  method: 'delete',
  path: '/accounts/{id}',
  noes: [409],
  summary: 'Take a way to sign in away, but not the last; needs a session, not a token',
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 204: { description: 'Nobody signs in by it any more' } },
})

export function createAccountRoutes({
  commands,
  auth,
}: RouteDeps & { auth: { ways: SignInWays } }): ApiApp {
  return createApp()
    .openapi(listRoute, (context) => {
      const accounts = listAccounts(commands, context.get('identity').userId)
      return context.json({ accounts }, 200)
    })
    .openapi(unlinkRoute, (context) => {
      const identity = context.get('identity')
      // A leaked token must not decide how its person signs in.
      if (identity.credential.kind !== 'session') throw new AppError('forbidden')
      const { id: accountId } = context.req.valid('param')
      unlinkAccount(commands, commanderOf(identity), { accountId, ways: auth.ways })
      return context.body(null, 204)
    })
}
