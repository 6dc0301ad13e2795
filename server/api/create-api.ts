/** The HTTP side: middleware in order, then routes, then the client's files. */
import type { MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import { AppError } from '../../shared/errors.ts'
import { requireRate, type Rate } from '../../shared/rate-limit.ts'
import type { Auth } from '../auth/auth.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import type { Search } from '../queries/search/create-search.ts'
import { createAnswerFirstRoutes } from './answer-first.ts'
import { createApp, type ApiApp, type ApiEnvironment, type RouteDeps } from './api-context.ts'
import { toAuthResponse } from './auth-response.ts'
import { CLIENT_ADDRESS_HEADER, networkOf } from './client-address.ts'
import { compressAnswers } from './compress-answers.ts'
import { describeAuth, isAuthRoute } from './describe-auth.ts'
import { describeApi } from './docs/describe-api.ts'
import { problemResponse, toProblemResponse, type ErrorReporter } from './error-response.ts'
import { limitBody } from './limit-body.ts'
import { limitGuesses, type GuessLimitDeps } from './limit-guesses.ts'
import { limitMails, requireConfigured, type MailRates } from './limit-mails.ts'
import { observeRequests } from './observe-requests.ts'
import { refuseForeignWrites } from './refuse-foreign-writes.ts'
import { originOf } from './request-origin.ts'
import { createAccountRoutes } from './routes/accounts.ts'
import { createAuditLogRoutes } from './routes/audit-logs.ts'
import { createCategoryRoutes } from './routes/channel-categories.ts'
import { createChannelRoutes } from './routes/channels.ts'
import { createClaimLinkRoutes, createClaimRoutes } from './routes/claims.ts'
import { createDmParticipantRoutes } from './routes/dm-participants.ts'
import { createDmRoutes } from './routes/dms.ts'
import { createFileRoutes, type FileRouteDeps } from './routes/files.ts'
import { createMemberRoutes } from './routes/members.ts'
import { createMessageRoutes } from './routes/messages.ts'
import { createReactionAndPinRoutes } from './routes/reactions-and-pins.ts'
import { createReadingRoutes } from './routes/reading.ts'
import { createMetricsRoutes, type MetricsRouteDeps } from './routes/metrics.ts'
import { createSearchRoutes } from './routes/search.ts'
import { createNotificationRoutes } from './routes/notifications.ts'
import { createPersonalDataRoutes } from './routes/personal-data.ts'
import { createPreferenceRoutes } from './routes/preferences.ts'
import { createPushRoutes } from './routes/push.ts'
import { createSystemRoutes } from './routes/system.ts'
import { createTokenRoutes } from './routes/tokens.ts'
import { createUnsubscribeRoutes, type UnsubscribeRouteDeps } from './routes/unsubscribe.ts'
import { createUserRoutes } from './routes/users.ts'
import { createEntranceRoutes, createWorkspaceRoutes } from './routes/workspace.ts'
import { securityHeaders } from './security-headers.ts'

export interface ApiDeps
  extends
    RouteDeps,
    FileRouteDeps,
    ErrorReporter,
    MetricsRouteDeps,
    MailRates,
    Pick<GuessLimitDeps, 'guessRate'>,
    UnsubscribeRouteDeps {
  auth: Auth
  authenticate: Authenticate
  search: Search
  publicUrl: string
  /** Counts requests, by person or network. */
  requestRate: Rate
  /** Counts attempts to sign in or up, by network. */
  signInRate: Rate
  /** Serves the client; absent where only the API is wanted. */
  client?: MiddlewareHandler | undefined
  version: string
}

export function createApi(deps: ApiDeps): ApiApp {
  const app = createApp()
  app.use(observeRequests(deps.metrics))
  app.use(requestId())
  app.use(securityHeaders())
  app.onError((error, context) => toProblemResponse(context, error, deps))
  app.notFound((context) => problemResponse(context, { code: 'not_found' }))

  const api = createApp()
  api.use(refuseForeignWrites(deps.publicUrl))
  api.use(limitBody())
  api.use('/auth/*', limitByAddress(deps.requestRate))
  api.post('/auth/*', limitSignIn(deps.signInRate))
  api.post('/auth/*', limitGuesses({ ...deps, sqlite: deps.commands.database.sqlite }))
  describeAuth(api)
  api.route('/', createClaimRoutes(deps))
  api.use('/auth/*', requireConfigured(deps.auth.ways))
  api.use('/auth/*', limitMails(deps, deps.auth.ways))
  api.route('/', createAnswerFirstRoutes(deps))
  api.all('/auth/*', async (context) => {
    const { method, path, raw } = context.req
    if (!isAuthRoute(method, path.slice('/api'.length))) throw new AppError('not_found')
    return toAuthResponse(context, await deps.auth.handle(raw))
  })
  api.use('/email/*', limitByAddress(deps.requestRate))
  api.use('/email/*', limitByAddress(deps.requestRate))
  api.route('/', createUnsubscribeRoutes(deps))
  api.route('/', createSystemRoutes(deps.commands.database))
  api.route('/', createEntranceRoutes(deps.commands.database, deps.auth.ways))
  describeApi(api, deps.version)

  api.use(requireIdentity(deps))
  // Before compression: files are sent as they are, in the ranges that were asked for, and what is
  // kept about a person as a stream.
  api.route('/', createFileRoutes(deps))
  api.route('/', createPersonalDataRoutes(deps))
  api.use(compressAnswers())
  api.route('/', createUserRoutes(deps))
  api.route('/', createClaimLinkRoutes(deps))
  api.route('/', createChannelRoutes(deps))
  api.route('/', createCategoryRoutes(deps))
  api.route('/', createMemberRoutes(deps))
  api.route('/', createDmRoutes(deps))
  api.route('/', createDmParticipantRoutes(deps))
  api.route('/', createMessageRoutes(deps))
  api.route('/', createReactionAndPinRoutes(deps))
  api.route('/', createReadingRoutes(deps))
  api.route('/', createSearchRoutes(deps))
  api.route('/', createNotificationRoutes(deps))
  api.route('/', createPreferenceRoutes(deps))
  api.route('/', createPushRoutes(deps))
  api.route('/', createTokenRoutes(deps))
  api.route('/', createAccountRoutes(deps))
  api.route('/', createAuditLogRoutes(deps))
  api.route('/', createWorkspaceRoutes(deps))
  app.route('/api', api)
  app.all('/api/*', (context) => problemResponse(context, { code: 'not_found' }))
  app.route('/', createMetricsRoutes(deps))
  if (deps.client !== undefined) app.use(deps.client)
  return app
}

/** Reading one's session or ending it is not limited: only what guesses or creates. */
const LIMITED_AUTH = /\/auth\/(sign-in|sign-up|claim|change-password|reset-password|link-social)/

function limitSignIn(rate: Rate): MiddlewareHandler<ApiEnvironment> {
  const limit = limitByAddress(rate)
  return (context, next) => (LIMITED_AUTH.test(context.req.path) ? limit(context, next) : next())
}

function limitByAddress(rate: Rate): MiddlewareHandler<ApiEnvironment> {
  return async ({ req }, next) => {
    const network = networkOf(req.header(CLIENT_ADDRESS_HEADER) ?? 'unknown')
    requireRate([rate, network])
    await next()
  }
}

function requireIdentity({
  auth,
  authenticate,
  requestRate,
}: ApiDeps): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const { headers } = context.req.raw
    const identity = await authenticate({ headers })
    if (identity === undefined) throw new AppError('unauthenticated')
    requireRate([requestRate, identity.userId])
    context.set('identity', { ...identity, origin: originOf(headers) })
    context.header('Cache-Control', 'private, no-store')
    const { kind, expiresAt } = identity.credential
    if (kind === 'session' && expiresAt !== null) {
      for (const cookie of await auth.prolongSession(headers, expiresAt)) {
        context.header('Set-Cookie', cookie, { append: true })
      }
    }
    await next()
  }
}
