/**
 * Asks an OpenID Connect provider where its pages are only when somebody wants to come in by it, and
 * not for long. better-auth would ask as it starts and answer nobody, not even with a password, until
 * the provider has answered.
 */
import { setTimeout as after } from 'node:timers/promises'
import { createAuthMiddleware } from 'better-auth/api'
import type { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { z } from 'zod'
import { callbackParamsSchema } from '../../shared/api/sign-in-ways.ts'

export interface LateDiscoveryOptions {
  providerId: string
  timeLimitMs: number
  /** The provider gave no usable answer in time. */
  onFailure: () => void
}

type GenericOAuth = ReturnType<typeof genericOAuth>
type AuthContext = Parameters<GenericOAuth['init']>[0]

const askedSchema = z.object({ provider: z.string() })

/** The plugin with the one provider, which is there from the first request on that it answers. */
export function discoverLate(
  { init, ...plugin }: GenericOAuth,
  { providerId, timeLimitMs, onFailure }: LateDiscoveryOptions,
) {
  let isFound = false
  let attempt: Promise<void> | undefined

  async function discover(context: AuthContext): Promise<void> {
    const found = await Promise.race([init(context), after(timeLimitMs, undefined, { ref: false })])
    const provider = found?.context.socialProviders.find(({ id }) => id === providerId)
    if (provider === undefined) return onFailure()
    isFound = true
    // Every request sees this same list.
    context.socialProviders.unshift(provider)
  }

  return {
    ...plugin,
    hooks: {
      before: [
        {
          matcher: ({ body, params }: { body?: unknown; params?: unknown }) =>
            !isFound &&
            (askedSchema.safeParse(body).data?.provider === providerId ||
              callbackParamsSchema.safeParse(params).data?.id === providerId),
          handler: createAuthMiddleware(async ({ context }) => {
            // Whoever comes meanwhile waits for the same answer.
            attempt ??= discover(context).finally(() => (attempt = undefined))
            await attempt
          }),
        },
      ],
    },
  }
}
