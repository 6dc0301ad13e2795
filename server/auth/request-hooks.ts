/** What holds for requests that better-auth answers, before and after it does. */
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { providerRequestSchema } from '../../shared/api/sign-in-ways.ts'
import { deviceNameOf } from './device-name.ts'
import type { KnownDevices } from './known-devices.ts'
import type { SignInLog } from './sign-in-log.ts'

export interface RequestHookDeps {
  log: SignInLog
  knownDevices: KnownDevices
  readSession: (headers: Headers) => Promise<{ id: string } | undefined>
}

const attemptSchema = z.object({ email: z.string() })
const sessionsSchema = z.array(
  z.looseObject({ id: z.string(), userAgent: z.string().nullish(), updatedAt: z.date() }),
)
const DEVICE_SECONDS = 60 * 60 * 24 * 365

export function createRequestHooks({ log, knownDevices, readSession }: RequestHookDeps) {
  return {
    before: createAuthMiddleware(async ({ path, headers, body }) => {
      if (path === '/send-verification-email' && !(headers && (await readSession(headers)))) {
        throw new APIError('UNAUTHORIZED')
      }
      // better-auth would take more than is described: other scopes, id tokens brought along.
      const isProvider = path === '/sign-in/social' || path === '/link-social'
      if (isProvider && !providerRequestSchema.safeParse(body).success) {
        throw new APIError('BAD_REQUEST')
      }
    }),
    after: createAuthMiddleware(async (request) => {
      const { path, headers = new Headers(), body, context } = request
      const form = attemptSchema.safeParse(body)
      const isRefused = isAPIError(context.returned)
      if (path === '/sign-in/email' && isRefused && form.success) {
        log.signInRefused(form.data.email, { path, headers })
      }
      const email = context.newSession?.user.email.toLowerCase()
      if (email !== undefined && knownDevices.deviceOf('device', email, headers) === undefined) {
        const device = knownDevices.createCookie('device', email)
        const options = { path: '/api/auth', maxAge: DEVICE_SECONDS }
        const { name, attributes } = context.createAuthCookie(device.name, options)
        request.setCookie(name, device.value, attributes)
      }
      const sessions = sessionsSchema.safeParse(context.returned)
      if (path !== '/list-sessions' || !sessions.success) return undefined
      const current = await readSession(headers)
      return request.json(
        sessions.data.map((session) => ({
          ...session,
          device: deviceNameOf(session.userAgent),
          // Our own authentication keeps it.
          lastUsedAt: session.updatedAt,
          isCurrent: session.id === current?.id,
        })),
      )
    }),
  }
}
