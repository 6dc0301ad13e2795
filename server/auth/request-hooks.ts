/** What holds for requests that better-auth answers, before and after it does. */
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { providerRequestSchema } from '../../shared/api/sign-in-ways.ts'
import type { KnownDevices } from './known-devices.ts'
import type { SignInLog } from './sign-in-log.ts'

export interface RequestHookDeps {
  log: SignInLog
  knownDevices: KnownDevices
  isSignedIn: (headers: Headers) => Promise<boolean>
}

const attemptSchema = z.object({ email: z.string() })
const DEVICE_SECONDS = 60 * 60 * 24 * 365

export function createRequestHooks({ log, knownDevices, isSignedIn }: RequestHookDeps) {
  return {
    before: createAuthMiddleware(async ({ path, headers, body }) => {
      if (path === '/send-verification-email' && !(headers && (await isSignedIn(headers)))) {
        throw new APIError('UNAUTHORIZED')
      }
      // better-auth would take more than is described: other scopes, id tokens brought along.
      const isProvider = path === '/sign-in/social' || path === '/link-social'
      if (isProvider && !providerRequestSchema.safeParse(body).success) {
        throw new APIError('BAD_REQUEST')
      }
    }),
    after: createAuthMiddleware((request) => {
      const { path, headers = new Headers(), body, context } = request
      const form = attemptSchema.safeParse(body)
      const isRefused = isAPIError(context.returned)
      if (path === '/sign-in/email' && isRefused && form.success) {
        log.signInRefused(form.data.email, { path, headers })
      }
      const email = context.newSession?.user.email.toLowerCase()
      if (email !== undefined && knownDevices.deviceOf(email, headers) === undefined) {
        const device = knownDevices.createCookie(email)
        const options = { path: '/api/auth', maxAge: DEVICE_SECONDS }
        const { name, attributes } = context.createAuthCookie(device.name, options)
        request.setCookie(name, device.value, attributes)
      }
      return Promise.resolve()
    }),
  }
}
