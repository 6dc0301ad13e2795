/** The ways into the workspace beside e-mail and password: mailed links, and providers. */
import type { SignInWays } from '../../shared/api/sign-in-ways.ts'
import type { Me } from '../../shared/api/users.ts'
import { request } from './api-client.ts'
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
    const { hasOwner, signIn } = await request('GET /workspace', {})
    return { isOwnerWanted: !hasOwner, ways: signIn }
  } catch {
    return { isOwnerWanted: false, ways: PASSWORD_ONLY } // whoever signs in hears what is wrong
  }
}

/** What can be asked for by mail: a link to sign in, or to choose a new password. */
export type MailedLink = 'magic-link' | 'password-reset'

const mailOperations = {
  'magic-link': 'POST /auth/sign-in/magic-link',
  'password-reset': 'POST /auth/request-password-reset',
} as const satisfies Record<MailedLink, string>

/** Resolves whether or not anybody has this address. */
export async function askForMail(link: MailedLink, email: string): Promise<void> {
  await request(mailOperations[link], { body: { email } })
}

/** Throws AppError `invalid_request` for a link that is used up or too old; so do the next two. */
export async function resetPassword(reset: { token: string; newPassword: string }): Promise<void> {
  await request('POST /auth/reset-password', { body: reset })
}

export async function signInByLink(token: string): Promise<Me> {
  await request('GET /auth/magic-link/verify', { query: { token } })
  return readMe()
}

/** Proves the address of who is signed in; throws also `unauthenticated` and `forbidden`. */
export async function verifyEmail(token: string): Promise<void> {
  await request('GET /auth/verify-email', { query: { token } })
}

/** The page of the provider to go to; it sends people back to the first page. */
export async function beginProviderSignIn(provider: 'google' | 'github' | 'oidc'): Promise<string> {
  const body = { provider, callbackURL: '/', errorCallbackURL: '/' }
  const answer = await request('POST /auth/sign-in/social', { body })
  return answer.url
}
