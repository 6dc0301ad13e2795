/** The ways into the workspace beside e-mail and password: mailed links, and providers. */
import {
  magicLinkResponseSchema,
  mailResponseSchema,
  providerResponseSchema,
  verifiedResponseSchema,
  type SignInWays,
} from '../../shared/api/sign-in-ways.ts'
import type { Me } from '../../shared/api/users.ts'
import { workspaceResponseSchema } from '../../shared/api/workspace.ts'
import { requestJson } from './api-client.ts'
import { readMe } from './session.ts'

export interface Entrance {
  /** The first account is still to be made. */
  isOwnerWanted: boolean
  ways: SignInWays
}

const PASSWORD_ONLY: SignInWays = {
  ...{ password: true, magicLink: false, passwordReset: false },
  ...{ google: false, github: false, oidc: null },
}

/** What is offered to who is not signed in. A server that cannot be asked has an owner. */
export async function readEntrance(): Promise<Entrance> {
  try {
    const { hasOwner, signIn } = await requestJson('/workspace', workspaceResponseSchema)
    return { isOwnerWanted: !hasOwner, ways: signIn }
  } catch {
    return { isOwnerWanted: false, ways: PASSWORD_ONLY } // whoever signs in hears what is wrong
  }
}

/** What can be asked for by mail: a link to sign in, or to choose a new password. */
export type MailedLink = 'magic-link' | 'password-reset'

const mailPaths: Record<MailedLink, string> = {
  'magic-link': '/auth/sign-in/magic-link',
  'password-reset': '/auth/request-password-reset',
}

/** Resolves whether or not anybody has this address. */
export async function askForMail(link: MailedLink, email: string): Promise<void> {
  await requestJson(mailPaths[link], mailResponseSchema, { method: 'POST', body: { email } })
}

/** Throws AppError `invalid_request` for a link that is used up or too old; so do the next two. */
export async function resetPassword(reset: { token: string; newPassword: string }): Promise<void> {
  await requestJson('/auth/reset-password', mailResponseSchema, { method: 'POST', body: reset })
}

export async function signInByLink(token: string): Promise<Me> {
  const query = new URLSearchParams({ token })
  await requestJson(`/auth/magic-link/verify?${query}`, magicLinkResponseSchema)
  return readMe()
}

/** Proves the address of who is signed in; throws also `unauthenticated` and `forbidden`. */
export async function verifyEmail(token: string): Promise<void> {
  const query = new URLSearchParams({ token })
  await requestJson(`/auth/verify-email?${query}`, verifiedResponseSchema)
}

/** The page of the provider to go to; it sends people back to the first page. */
export async function beginProviderSignIn(provider: 'google' | 'github' | 'oidc'): Promise<string> {
  const body = { provider, callbackURL: '/', errorCallbackURL: '/' }
  const answer = await requestJson('/auth/sign-in/social', providerResponseSchema, {
    method: 'POST',
    body,
  })
  return answer.url
}
