/** Personal access tokens: shown once when made, kept as a hash alone. */
import { createHash, randomBytes } from 'node:crypto'

/** Lets secret scanners and people recognise what leaked. */
const PREFIX = 'cnp_'
const TOKEN_BYTES = 32

export function createToken(): string {
  return PREFIX + randomBytes(TOKEN_BYTES).toString('base64url')
}

/** SHA-256 is enough for 256 random bits; there is nothing to guess that would need a slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
