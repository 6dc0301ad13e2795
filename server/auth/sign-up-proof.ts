/**
 * In which browser an address may be proven by the mailed link before anybody is signed in: only in the
 * one in which this very account was made. Otherwise whoever signs up under somebody else's address
 * need only wait until its owner signs up too, and opens the first of two mails.
 */
import { randomBytes } from 'node:crypto'
import { createId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { KnownDevices } from './known-devices.ts'

/** Names the browser on the way to better-auth. Who sends it themself still needs the signed cookie. */
export const SIGN_UP_DEVICE_HEADER = 'x-sign-up-device'

export interface SignUpProof {
  /** The account was made by this request. */
  noteSignUp: (userId: string, headers: Headers) => void
  isSameBrowser: (user: { id: string; email: string }, headers: Headers) => boolean
}

export interface SignUpProofDeps {
  sqlite: SqliteConnection
  now: () => number
  knownDevices: Pick<KnownDevices, 'deviceOf'>
  /** Addresses are to be proven before anybody is let in. */
  isRequired: boolean
  /** How long the mailed link works. */
  linkMs: number
}

export function createSignUpProof(deps: SignUpProofDeps): SignUpProof {
  const { sqlite, now, knownDevices, isRequired, linkMs } = deps
  const insert = sqlite.prepare(
    `INSERT INTO verification_tokens (id, identifier, value, expires_at, created_at, updated_at)
     VALUES (@id, @identifier, @device, @expiresAt, @time, @time)`,
  )
  const select = sqlite.prepare(
    'SELECT 1 FROM verification_tokens WHERE identifier = ? AND value = ? AND expires_at > ?',
  )
  const identifierOf = (userId: string): string => `sign-up:${userId}`

  return {
    noteSignUp(userId, headers) {
      const device = headers.get(SIGN_UP_DEVICE_HEADER)
      if (!isRequired || device === null) return
      const time = now()
      const id = createId({ now, randomBytes: () => randomBytes(16) })
      const identifier = identifierOf(userId)
      insert.run({ id, identifier, device, expiresAt: time + linkMs, time })
    },
    isSameBrowser({ id, email }, headers) {
      const device = knownDevices.deviceOf('signup', email.toLowerCase(), headers)
      return device !== undefined && select.get(identifierOf(id), device, now()) !== undefined
    },
  }
}
