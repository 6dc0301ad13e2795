/** What signing in offers to the rest of the server; create-auth.ts makes it. */
import type { SignInWays } from '../../shared/api/sign-in-ways.ts'

export interface Auth {
  /** Answers every request below `/api/auth`. */
  handle: (request: Request) => Promise<Response>
  /**
   * Does what `handle` does after the caller has answered: how long it takes, and whether it worked,
   * would tell whether an address is known. What went wrong is in the log.
   */
  handleLater: (request: Request) => void
  /** The token of the session that a request's cookie stands for, which may have ended. */
  readSessionToken: (headers: Headers) => Promise<string | undefined>
  /** The session that a request's cookie stands for; removes what has run out. */
  readSession: (headers: Headers) => Promise<Session | undefined>
  /**
   * Prolongs the session of a cookie when that is due, so that whoever uses the app stays signed
   * in. Answers the cookies to set.
   */
  prolongSession: (headers: Headers, expiresAt: number) => Promise<string[]>
  /** Names the browser of a request, when somebody with this address has signed in from it before. */
  deviceOf: (email: string, headers: Headers) => string | undefined
  /** Nobody comes in by a password before they have proven their address. */
  isProofRequired: boolean
  /** By which a browser may prove the address that was signed up in it. */
  signUpCookie: (email: string) => SignUpCookie
  hashPassword: (password: string) => Promise<string>
  /** Mails somebody a link that proves their address; does nothing without a mail server. */
  askForProof: (email: string) => Promise<void>
  /** Which ways to sign in there are. */
  ways: SignInWays
  /** Ends what was to be done later, and what is being mailed; gives up mails to be sent once more. */
  close: () => Promise<void>
}

export interface SignUpCookie {
  name: string
  value: string
  secure: boolean
  maxAgeSeconds: number
  /** Names the browser. */
  device: string
}

export interface Session {
  id: string
  userId: string
  expiresAt: number
}
