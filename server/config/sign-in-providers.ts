/** The part of the environment that says with which providers people may sign in. */
import { z } from 'zod'
import { createSecret, type Secret } from './secret.ts'

export interface ProviderClient {
  clientId: string
  clientSecret: Secret
}

/** Undefined where a provider is not configured. */
export interface SignInProviders {
  google: ProviderClient | undefined
  github: ProviderClient | undefined
  /** Any OpenID Connect provider; `name` is what people read on the button. */
  oidc: (ProviderClient & { issuer: string; name: string }) | undefined
}

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/
const text = z.string().min(1).max(500).optional()

export const signInProviderVariables = {
  GOOGLE_CLIENT_ID: text,
  GOOGLE_CLIENT_SECRET: text,
  GITHUB_CLIENT_ID: text,
  GITHUB_CLIENT_SECRET: text,
  // Who sits between this server and the issuer could sign in as anybody.
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .refine((issuer) => issuer.startsWith('https:') || LOOPBACK.test(issuer))
    .optional(),
  OIDC_CLIENT_ID: text,
  OIDC_CLIENT_SECRET: text,
  OIDC_NAME: z.string().min(1).max(40).optional(),
}

type Variable = keyof typeof signInProviderVariables

export const signInProviderExpectations: Record<Variable, string> = {
  GOOGLE_CLIENT_ID: 'must be the id of an OAuth client',
  GOOGLE_CLIENT_SECRET: 'must be the secret of an OAuth client',
  GITHUB_CLIENT_ID: 'must be the id of an OAuth client',
  GITHUB_CLIENT_SECRET: 'must be the secret of an OAuth client',
  OIDC_ISSUER: 'must be an address that begins with https:// (http:// on this machine alone)',
  OIDC_CLIENT_ID: 'must be the id of an OpenID Connect client',
  OIDC_CLIENT_SECRET: 'must be the secret of an OpenID Connect client',
  OIDC_NAME: 'must be a name of at most 40 characters',
}

const groups: readonly (readonly Variable[])[] = [
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME'],
]

/** The variables that are missing where others of the same provider are set. */
export function incompleteProviders(given: Readonly<Record<string, unknown>>): Variable[] {
  return groups
    .filter((group) => group.some((name) => name in given))
    .flatMap((group) => group.filter((name) => !(name in given)))
}

export function readSignInProviders(
  values: Readonly<Partial<Record<Variable, string | undefined>>>,
): SignInProviders {
  const client = (id?: string, secret?: string): ProviderClient | undefined =>
    id === undefined || secret === undefined
      ? undefined
      : { clientId: id, clientSecret: createSecret(secret) }
  const oidc = client(values.OIDC_CLIENT_ID, values.OIDC_CLIENT_SECRET)
  const { OIDC_ISSUER: issuer, OIDC_NAME: name } = values
  return {
    google: client(values.GOOGLE_CLIENT_ID, values.GOOGLE_CLIENT_SECRET),
    github: client(values.GITHUB_CLIENT_ID, values.GITHUB_CLIENT_SECRET),
    oidc: oidc && issuer && name ? { ...oidc, issuer, name } : undefined,
  }
}
