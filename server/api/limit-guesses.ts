/**
 * Limits how often the password of one account is guessed, from however many networks. Browsers and
 * networks that the account's person uses are counted apart from everybody else's: a stranger can use
 * up what strangers have, and keeps nobody out by it. Addresses that nobody has are counted alike.
 */
import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { requireRate, type Rate } from '../../shared/rate-limit.ts'
import type { Auth } from '../auth/auth.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ApiEnvironment } from './api-context.ts'
import { CLIENT_ADDRESS_HEADER, networkOf } from './client-address.ts'
import { jsonOf } from './json-of.ts'

export interface GuessLimitDeps {
  sqlite: SqliteConnection
  auth: Pick<Auth, 'deviceOf' | 'readSession'>
  /** Counts attempts, by account and by who makes them. */
  guessRate: Rate & { giveBack: (key: string) => void }
}

const SIGN_IN = '/api/auth/sign-in/email'
const CHANGE = '/api/auth/change-password'
const MAX_EMAIL_LENGTH = 320
const formSchema = z.object({ email: z.string().max(MAX_EMAIL_LENGTH) })

/** Throws `rate_limited`. What was no wrong guess does not count. */
export function limitGuesses(deps: GuessLimitDeps): MiddlewareHandler<ApiEnvironment> {
  const { sqlite, auth, guessRate } = deps
  const selectAddresses = sqlite
    .prepare<[string], string>(
      `SELECT DISTINCT ip_address FROM sessions JOIN users ON users.id = user_id
       WHERE lower(email) = ? AND ip_address IS NOT NULL`,
    )
    .pluck()

  function keyOfSignIn(email: string, headers: Headers): string {
    const device = auth.deviceOf(email, headers)
    if (device !== undefined) return `${email} device ${device}`
    const network = networkOf(headers.get(CLIENT_ADDRESS_HEADER) ?? 'unknown')
    const isKnown = selectAddresses.all(email).some((each) => networkOf(each) === network)
    return isKnown ? `${email} network ${network}` : email
  }

  async function keyOf(path: string, request: Request): Promise<string | undefined> {
    if (path === SIGN_IN) {
      const form = formSchema.safeParse(await jsonOf(request))
      if (!form.success) throw new AppError('invalid_request')
      return keyOfSignIn(form.data.email.toLowerCase(), request.headers)
    }
    const session = path === CHANGE ? await auth.readSession(request.headers) : undefined
    return session && `person ${session.userId}`
  }

  return async (context, next) => {
    const key = await keyOf(context.req.path, context.req.raw)
    if (key !== undefined) requireRate([guessRate, key])
    await next()
    // 5xx: nobody has learned anything, either.
    const { status } = context.res
    if (key !== undefined && (status < 400 || status >= 500)) guessRate.giveBack(key)
  }
}
