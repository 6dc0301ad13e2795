/**
 * Sign-up, sign-in and sessions by better-auth, mounted at `/api/auth/*`. The only place that
 * starts it. The first person to sign up becomes the workspace's owner.
 */
import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { APIError, createEmailVerificationToken } from 'better-auth/api'
import { magicLink } from 'better-auth/plugins/magic-link'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../shared/api/auth.ts'
import { createId } from '../../shared/ids.ts'
import type { Config } from '../config/config.ts'
import { isEnvironmental, type Database } from '../database/open-database.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Logger } from '../observability/logger.ts'
import type { Auth, Session } from './auth.ts'
import { createIntegerDates } from './integer-dates.ts'
import { createProvenAddress } from './proven-address.ts'
import { createKnownDevices, type KnownDevices } from './known-devices.ts'
import { createProviderOptions } from './provider-options.ts'
import { createRequestHooks } from './request-hooks.ts'
import { readSignedCookie } from './signed-cookie.ts'
import { createSignInLog } from './sign-in-log.ts'
import { createSignInMails, type SignInMails } from './sign-in-mails.ts'
import { createSignUpProof } from './sign-up-proof.ts'
import { tableNames } from './table-names.ts'
import { createWriteHooks } from './write-hooks.ts'

export interface AuthDeps {
  config: Config
  secret: string
  database: Database
  mailer: Mailer
  logger: Pick<Logger, 'error'>
  now: () => number
  onSessionEnded: (sessionId: string) => void
  /** All that was opened by a person's tokens and sessions, some of which ended, is to be opened anew. */
  onCredentialsEnded: (userId: string) => void
  /** Somebody joined or changed their name. */
  onPeopleChanged: () => void
  /** Somebody has chosen a new password by a mailed link. */
  onPasswordReset: (email: string) => void
}

const COOKIE_PREFIX = 'connectnow'
const SESSION_SECONDS = 60 * 60 * 24 * 30
const SESSION_REFRESH_SECONDS = 60 * 60 * 24
const MAIL_LINK_SECONDS = 60 * 60
const MAGIC_LINK_SECONDS = 5 * 60

export function createAuth(deps: AuthDeps): Auth {
  const { config, mailer, logger } = deps
  const mails = createSignInMails({ mailer, logger, publicUrl: config.http.publicUrl })
  const knownDevices = createKnownDevices(deps.secret)
  const later = new Set<Promise<void>>()
  const auth = betterAuth(optionsOf(deps, { mails, knownDevices, readSession }))

  async function readSession(headers: Headers): Promise<Session | undefined> {
    const found = await auth.api.getSession({ headers, query: { disableRefresh: true } })
    if (found === null) return undefined
    const { id, userId, expiresAt } = found.session
    return { id, userId, expiresAt: expiresAt.getTime() }
  }

  const { google, github, oidc } = config.auth.providers
  return {
    handle: (request) => auth.handler(request),
    handleLater(request) {
      const work = auth
        .handler(request)
        .then(
          () => undefined,
          (error: unknown) => logger.error({ error }, 'what was asked for by mail failed'),
        )
        .finally(() => later.delete(work))
      later.add(work)
    },
    async readSessionToken(headers) {
      const { authCookies, secret } = await auth.$context
      return readSignedCookie(headers, { name: authCookies.sessionToken.name, secret })
    },
    readSession,
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
    deviceOf: (email, headers) => knownDevices.deviceOf('device', email, headers),
    isProofRequired: config.auth.isProofRequired,
    signUpCookie(email) {
      const { name, ...cookie } = knownDevices.createCookie('signup', email.toLowerCase())
      return {
        ...{ ...cookie, name: `${COOKIE_PREFIX}.${name}`, secure: isSecure(config) },
        maxAgeSeconds: MAIL_LINK_SECONDS,
      }
    },
    hashPassword: async (password) => (await auth.$context).password.hash(password),
    async askForProof(email) {
      if (!mailer.isConfigured) return
      const token = await createEmailVerificationToken(
        deps.secret,
        email,
        undefined,
        MAIL_LINK_SECONDS,
      )
      mails.send('verification', email, token)
    },
    ways: {
      password: true,
      magicLink: mailer.isConfigured,
      passwordReset: mailer.isConfigured,
      google: google !== undefined,
      github: github !== undefined,
      oidc: oidc === undefined ? null : { name: oidc.name },
    },
    async close() {
      await Promise.all(later)
      await mails.close()
    },
  }
}

interface OptionParts {
  mails: SignInMails
  knownDevices: KnownDevices
  readSession: Auth['readSession']
}

function optionsOf(deps: AuthDeps, { mails, knownDevices, readSession }: OptionParts) {
  const { config, secret, database, mailer, now, onPeopleChanged, onPasswordReset } = deps
  const { kysely, sqlite } = database
  const log = createSignInLog(sqlite, now)
  const provenAddress = createProvenAddress({ ...deps, sqlite })
  const signUpProof = createSignUpProof({
    ...{ sqlite, now, knownDevices, linkMs: MAIL_LINK_SECONDS * 1_000 },
    isRequired: config.auth.isProofRequired,
  })
  const providers = createProviderOptions(config.auth.providers, {
    discoveryTimeLimitMs: config.limits.discoveryMs,
    logger: deps.logger,
  })
  return {
    appName: 'ConnectNow',
    baseURL: config.http.publicUrl,
    basePath: '/api/auth',
    secret,
    telemetry: { enabled: false },
    logger: { disabled: true },
    // What is no expected no is thrown on, to be logged and answered like every other fault.
    onAPIError: { throw: true, errorURL: new URL('/', config.http.publicUrl).href },
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
      resetPasswordTokenExpiresIn: MAIL_LINK_SECONDS,
      revokeSessionsOnPasswordReset: true,
      requireEmailVerification: config.auth.isProofRequired,
      onExistingUserSignUp: ({ user }: { user: { email: string } }) => {
        if (provenAddress.isActive(user.email)) mails.send('signUpAttempt', user.email)
        return Promise.resolve()
      },
      sendResetPassword: ({ user, token }: { user: { email: string }; token: string }) => {
        if (provenAddress.isActive(user.email)) mails.send('passwordReset', user.email, token)
        return Promise.resolve()
      },
      onPasswordReset: ({ user }: { user: { id: string; email: string } }, request?: Request) => {
        const from = { path: '/reset-password', headers: request?.headers }
        log.personChanged('person.password_reset', user.id, from)
        provenAddress.byPasswordReset(user.id)
        onPasswordReset(user.email)
        onPeopleChanged()
        return Promise.resolve()
      },
    },
    emailVerification: {
      expiresIn: MAIL_LINK_SECONDS,
      sendOnSignUp: mailer.isConfigured,
      autoSignInAfterVerification: config.auth.isProofRequired,
      sendVerificationEmail: ({ user, token }: { user: { email: string }; token: string }) => {
        mails.send('verification', user.email, token)
        return Promise.resolve()
      },
      // Whoever has signed up under another's address must not have them prove it by one click.
      beforeEmailVerification: async (
        user: { id: string; email: string },
        { headers = new Headers() }: Partial<Request> = {},
      ) => {
        if (signUpProof.isSameBrowser(user, headers)) return
        const session = await readSession(headers)
        if (session === undefined) throw new APIError('UNAUTHORIZED')
        if (session.userId !== user.id) throw new APIError('FORBIDDEN')
      },
    },
    socialProviders: providers.social,
    plugins: [
      ...providers.plugins,
      magicLink({
        expiresIn: MAGIC_LINK_SECONDS,
        disableSignUp: true,
        sendMagicLink: ({ email, token }) => {
          if (provenAddress.isActive(email)) mails.send('magicLink', email, token)
        },
      }),
    ],
    user: tableNames.user,
    session: {
      ...tableNames.session,
      expiresIn: SESSION_SECONDS,
      updateAge: SESSION_REFRESH_SECONDS,
    },
    account: {
      ...tableNames.account,
      accountLinking: {
        // A person who is signed in may link an account under any address.
        allowDifferentEmails: true,
        // What is asked of an address here is in requireLinkable (write-hooks.ts).
        requireLocalEmailVerified: false,
      },
    },
    // Whoever reads the store, or a backup of it, must not be able to use a link.
    verification: { ...tableNames.verification, storeIdentifier: 'hashed' as const },
    hooks: createRequestHooks({ log, knownDevices, readSession }),
    // Limited in front of it: its own counters are shared by every instance of the process.
    rateLimit: { enabled: false },
    advanced: {
      // Where people may be sent on to. Said outright: left out, tests would not have it.
      disableOriginCheck: false,
      // Foreign pages are refused in front of it; it would refuse programs that name no page, too.
      disableCSRFCheck: true,
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: isSecure(config),
      ipAddress: { ipAddressHeaders: ['x-client-address'] },
      database: {
        generateId: () => createId({ now, randomBytes: () => randomBytes(16) }),
        // It would find a hundred, and leave somebody's other sessions as they are.
        defaultFindManyLimit: 1_000_000,
      },
    },
    databaseHooks: createWriteHooks({ ...deps, sqlite, log, provenAddress, signUpProof }),
  }
}

/** Over plain HTTP browsers would not send such cookies. */
function isSecure({ http }: Config): boolean {
  return http.publicUrl.startsWith('https:')
}

/** A page served by this very server, under whichever name or address people reach it. */
function ownOrigin(request: Request | undefined): string[] {
  const origin = request?.headers.get('origin')
  const host = request?.headers.get('host')
  if (!origin || !URL.canParse(origin) || new URL(origin).host !== host) return []
  return [origin]
}
