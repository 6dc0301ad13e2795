/**
 * What stands before the routes of better-auth that need a mail server or a provider: a clear no where
 * there is none, and limits on mails, by the address they go to and by the network they are asked
 * from. Both count every request, so that neither tells whether an address is known.
 */
import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { signInProviders, type SignInWays } from '../../shared/api/sign-in-ways.ts'
import { AppError } from '../../shared/errors.ts'
import { requireRate, type Rate } from '../../shared/rate-limit.ts'
import type { ApiEnvironment } from './api-context.ts'
import { CLIENT_ADDRESS_HEADER, networkOf } from './client-address.ts'
import { jsonOf } from './json-of.ts'

export interface MailRates {
  mailToRate: Rate
  mailFromRate: Rate
}

const SENDS_MAIL =
  /\/auth\/(sign-up\/email|request-password-reset|send-verification-email|sign-in\/magic-link)$/
const NEEDS_MAIL =
  /\/auth\/(request-password-reset|reset-password|send-verification-email|verify-email|sign-in\/magic-link|magic-link\/verify)$/
const NEEDS_PROVIDER = /\/auth\/(sign-in\/social|link-social)$/

const addressSchema = z.object({ email: z.string() })
const providerSchema = z.object({ provider: z.enum(signInProviders) })

/** Throws `not_configured` for what this server is not set up for. */
export function requireConfigured(ways: SignInWays): MiddlewareHandler<ApiEnvironment> {
  return async ({ req }, next) => {
    if (NEEDS_MAIL.test(req.path) && !ways.passwordReset) throw new AppError('not_configured')
    if (NEEDS_PROVIDER.test(req.path)) {
      const { provider } = providerSchema.safeParse(await jsonOf(req.raw)).data ?? {}
      if (provider === undefined) throw new AppError('invalid_request')
      if (!ways[provider]) throw new AppError('not_configured')
    }
    await next()
  }
}

/** Throws `rate_limited`. Where there is no mail server, nothing is limited. */
export function limitMails(
  { mailToRate, mailFromRate }: MailRates,
  ways: SignInWays,
): MiddlewareHandler<ApiEnvironment> {
  return async ({ req }, next) => {
    if (ways.passwordReset && SENDS_MAIL.test(req.path)) {
      const { email } = addressSchema.safeParse(await jsonOf(req.raw)).data ?? {}
      if (email === undefined) throw new AppError('invalid_request')
      const network = networkOf(req.header(CLIENT_ADDRESS_HEADER) ?? 'unknown')
      requireRate([mailFromRate, network], [mailToRate, email.trim().toLowerCase()])
    }
    await next()
  }
}
