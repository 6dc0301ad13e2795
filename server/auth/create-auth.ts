/**
 * Sign-up, sign-in and sessions by better-auth, mounted at `/api/auth/*`. The only place that
 * imports it. The first person to sign up becomes the workspace's owner.
 */
import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, profileSchema } from '../../shared/api/auth.ts'
import { createId, userIdSchema } from '../../shared/ids.ts'
import type { Config } from '../config/config.ts'
import { isEnvironmental, type Database } from '../database/open-database.ts'
import { createIntegerDates } from './integer-dates.ts'
import { createSignInLog, type AuthRequest } from './sign-in-log.ts'

export interface AuthDeps {
  config: Config
  secret: string
  database: Database
  now: () => number
  onSessionEnded: (sessionId: string) => void
  /** Somebody joined or changed their name. */
  onPeopleChanged: () => void
}

export interface Auth {
  /** Answers every request below `/api/auth`. */
  handle: (request: Request) => Promise<Response>
  /** The session that a request's cookie stands for. */
  readSession: (
    headers: Headers,
  ) => Promise<{ id: string; userId: string; expiresAt: number } | undefined>
  /**
   * Prolongs the session of a cookie when that is due, so that whoever uses the app stays signed
   * in. Answers the cookies to set.
   */
  prolongSession: (headers: Headers, expiresAt: number) => Promise<string[]>
  hashPassword: (password: string) => Promise<string>
}

type PasswordRequest =
  | (AuthRequest & { context?: { session?: { user: { id: string } } | null } })
  | null
const attemptSchema = z.object({ email: z.string() })

const SESSION_SECONDS = 60 * 60 * 24 * 30
const SESSION_REFRESH_SECONDS = 60 * 60 * 24

export function createAuth(deps: AuthDeps): Auth {
  const auth = betterAuth(optionsOf(deps))
  return {
    handle: (request) => auth.handler(request),
    async readSession(headers) {
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } })
      if (found === null) return undefined
      const { id, userId, expiresAt } = found.session
      return { id, userId, expiresAt: expiresAt.getTime() }
    },
    async prolongSession(headers, expiresAt) {
      const isDue = expiresAt - deps.now() < (SESSION_SECONDS - SESSION_REFRESH_SECONDS) * 1000
      if (!isDue) return []
      try {
        const answer = await auth.api.getSession({ headers, returnHeaders: true })
        return answer.headers.getSetCookie()
      } catch (error) {
        // With a full disk people can still read; it is prolonged when there is space.
        if (!isEnvironmental(error)) throw error
        return []
      }
    },
    hashPassword: async (password) => (await auth.$context).password.hash(password),
  }
}

function optionsOf({ config, secret, database, now, onSessionEnded, onPeopleChanged }: AuthDeps) {
  const { kysely, sqlite } = database
  const becomeOwner = sqlite.prepare(
    `UPDATE users SET role = 'OWNER'
     WHERE id = ? AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'OWNER')`,
  )
  const log = createSignInLog(sqlite, now)
  const selectDeactivated = sqlite.prepare(
    'SELECT 1 FROM users WHERE id = ? AND deactivated_at IS NOT NULL',
  )
  const selectByEmail = sqlite.prepare('SELECT 1 FROM users WHERE lower(email) = lower(?)')
  return {
    appName: 'ConnectNow',
    baseURL: config.http.publicUrl,
    basePath: '/api/auth',
    secret,
    telemetry: { enabled: false },
    logger: { disabled: true },
    // What is no expected no is thrown on, to be logged and answered like every other fault.
    onAPIError: { throw: true },
    database: {
      db: kysely.withPlugin(createIntegerDates()),
      type: 'sqlite' as const,
      // On this connection others commit meanwhile (P1): a transaction across awaits would take
      // what they write with it.
      transaction: false,
    },
    trustedOrigins: (request?: Request) => [config.http.publicUrl, ...ownOrigin(request)],
    emailAndPassword: {
      enabled: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
    },
    user: {
      modelName: 'users',
      fields: {
        emailVerified: 'email_verified',
        image: 'avatar_url',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_SECONDS,
      updateAge: SESSION_REFRESH_SECONDS,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verification_tokens',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    hooks: {
      after: createAuthMiddleware(({ path, headers, body, context }) => {
        const form = attemptSchema.safeParse(body)
        const isRefused = isAPIError(context.returned)
        if (path === '/sign-in/email' && isRefused && form.success) {
          log.signInRefused(form.data.email, { path, headers })
        }
        return Promise.resolve()
      }),
    },
    // Limited in front of it: its own counters are shared by every instance of the process.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'connectnow',
      useSecureCookies: config.http.publicUrl.startsWith('https:'),
      ipAddress: { ipAddressHeaders: ['x-client-address'] },
      database: { generateId: () => createId({ now, randomBytes: () => randomBytes(16) }) },
    },
    databaseHooks: {
      user: {
        create: {
          before: (user: { name?: unknown; image?: unknown; email: string }) => {
            requireProfile(user)
            // better-auth compares exactly; whoever was imported may be there as `Ada@…`.
            if (selectByEmail.get(user.email) !== undefined) {
              throw new APIError('UNPROCESSABLE_ENTITY', {
                code: 'USER_ALREADY_EXISTS',
                message: 'User already exists. Use another email.',
              })
            }
            return Promise.resolve()
          },
          // One statement, so that of two people who sign up at once only one becomes the owner.
          after: (user: { id: string }, request: AuthRequest) => {
            becomeOwner.run(user.id)
            log.personChanged('person.signed_up', user.id, request)
            onPeopleChanged()
            return Promise.resolve()
          },
        },
        update: {
          before: (user: { name?: unknown; image?: unknown }) => {
            requireProfile(user)
            return Promise.resolve()
          },
          after: (user: { id: string }, request: AuthRequest) => {
            log.personChanged('person.updated', user.id, request)
            onPeopleChanged()
            return Promise.resolve()
          },
        },
      },
      account: {
        update: {
          after: (_account: unknown, request: PasswordRequest) => {
            const userId = request?.context?.session?.user.id
            if (request?.path === '/change-password' && userId !== undefined) {
              log.personChanged('person.password_changed', userId, request)
            }
            return Promise.resolve()
          },
        },
      },
      session: {
        create: {
          before: (session: { userId: string }) => {
            if (selectDeactivated.get(userIdSchema.parse(session.userId)) !== undefined) {
              throw new APIError('FORBIDDEN', { message: 'This account was deactivated' })
            }
            return Promise.resolve()
          },
          after: (
            session: { id: string; userId: string; expiresAt: Date },
            request: AuthRequest,
          ) => {
            log.sessionStarted(session, request)
            return Promise.resolve()
          },
        },
        delete: {
          after: (
            session: { id: string; userId: string; expiresAt: Date },
            request: AuthRequest,
          ) => {
            log.sessionEnded(session, request)
            onSessionEnded(session.id)
            return Promise.resolve()
          },
        },
      },
    },
  }
}

/** better-auth itself takes names and pictures of any length. */
function requireProfile({ name, image }: { name?: unknown; image?: unknown }): void {
  const profile = profileSchema.safeParse({ name, image })
  if (!profile.success) {
    const [issue] = profile.error.issues
    throw new APIError('BAD_REQUEST', {
      code: 'INVALID_PROFILE',
      message: `${issue?.path.join('.')}: ${issue?.message}`,
    })
  }
}

/** A page served by this very server, under whichever name or address people reach it. */
function ownOrigin(request: Request | undefined): string[] {
  const origin = request?.headers.get('origin')
  const host = request?.headers.get('host')
  if (!origin || !URL.canParse(origin) || new URL(origin).host !== host) return []
  return [origin]
}
