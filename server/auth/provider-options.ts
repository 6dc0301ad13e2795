/**
 * Google, GitHub and any OpenID Connect provider, as better-auth wants to hear of them. An id token is
 * believed only when it is signed by the provider and bound to the very request (nonce), and every
 * code is bound to it too (PKCE, state).
 */
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { nameSchema } from '../../shared/api/auth.ts'
import type { ProviderClient, SignInProviders } from '../config/sign-in-providers.ts'
import type { Logger } from '../observability/logger.ts'
import { discoverLate } from './late-discovery.ts'

const OIDC = 'oidc'
const DISCOVERY_PATH = '/.well-known/openid-configuration'
const MAX_NAME_LENGTH = 80

export interface ProviderOptionDeps {
  /** How long one attempt to find the OpenID Connect provider may take. */
  discoveryTimeLimitMs: number
  logger: Pick<Logger, 'error'>
}

export function createProviderOptions(
  { google, github, oidc }: SignInProviders,
  { discoveryTimeLimitMs, logger }: ProviderOptionDeps,
) {
  return {
    social: {
      ...(google && { google: clientOptions(google) }),
      ...(github && { github: clientOptions(github) }),
    },
    plugins: oidc
      ? [
          discoverLate(oidcPlugin(oidc), {
            providerId: OIDC,
            timeLimitMs: discoveryTimeLimitMs,
            onFailure: () =>
              logger.error({ issuer: oidc.issuer }, 'the OpenID Connect provider does not answer'),
          }),
        ]
      : [],
  }
}

function oidcPlugin(oidc: NonNullable<SignInProviders['oidc']>) {
  return genericOAuth({
    config: [
      {
        providerId: OIDC,
        name: oidc.name,
        discoveryUrl: oidc.issuer.replace(/\/$/, '') + DISCOVERY_PATH,
        requireIdTokenVerification: true,
        scopes: ['openid', 'email', 'profile'],
        ...clientOptions(oidc),
      },
    ],
  })
}

function clientOptions({ clientId, clientSecret }: ProviderClient) {
  return { clientId, clientSecret: clientSecret.reveal(), mapProfileToUser: toProfile }
}

interface ProviderProfile {
  name?: unknown
  login?: unknown
  preferred_username?: unknown
  email?: unknown
}

/** Their name where it may be one here, and no picture: browsers would load it from elsewhere. */
function toProfile({ name, login, preferred_username: username, email }: ProviderProfile): {
  name: string
  image: undefined
} {
  const mailbox = typeof email === 'string' ? email.split('@')[0] : undefined
  const names = [name, username, login, mailbox].map((each) =>
    typeof each === 'string'
      ? each
          .replaceAll(/\p{Cc}/gu, ' ')
          .trim()
          .slice(0, MAX_NAME_LENGTH)
      : '',
  )
  return { name: names.find((each) => nameSchema.safeParse(each).success) ?? '', image: undefined }
}
