/**
 * What follows when somebody shows that an address is theirs. Anybody can sign up under anybody's
 * address: whatever an account had before its address was proven (other ways to sign in, access
 * tokens) may be somebody else's and ends then. It is the only place that decides this.
 */
import { randomBytes } from 'node:crypto'
import { createId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export interface ProvenAddress {
  /** Somebody has this address and was not deactivated. */
  isActive: (email: string) => boolean
  /** By a new password, which stays, for which a link was mailed. */
  byPasswordReset: (userId: string) => void
  /** By a mailed link to sign in; better-auth has ended passwords and sessions just before. */
  byMagicLink: (userId: string) => void
  /** Makes the mailbox the way to sign in of somebody who has no other. */
  keepMailbox: (userId: string) => void
  /**
   * Whether a provider that vouches for a person's address may become a way for them to sign in,
   * without them being signed in: only when the address was proven here too, or when the person is
   * new or imported and has nothing yet that could be another's.
   */
  mayBecomeWay: (userId: string) => boolean
}

export interface ProvenAddressDeps {
  sqlite: SqliteConnection
  now: () => number
  /** Ends what is open by sessions and tokens of the person that are no more. */
  onCredentialsEnded: (userId: string) => void
}

export function createProvenAddress(deps: ProvenAddressDeps): ProvenAddress {
  const { sqlite, now, onCredentialsEnded } = deps
  const selectActive = sqlite.prepare(
    'SELECT 1 FROM users WHERE lower(email) = lower(?) AND deactivated_at IS NULL',
  )
  const selectUnproven = sqlite.prepare('SELECT 1 FROM users WHERE id = ? AND email_verified = 0')
  const verify = sqlite.prepare('UPDATE users SET email_verified = 1, updated_at = ? WHERE id = ?')
  const deleteOtherWays = sqlite.prepare(
    "DELETE FROM accounts WHERE user_id = ? AND provider_id <> 'credential'",
  )
  const deleteTokens = sqlite.prepare('DELETE FROM personal_access_tokens WHERE user_id = ?')
  const insertMailbox = sqlite.prepare(
    `INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
     SELECT @id, @userId, @userId, 'magic-link', @time, @time
     WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE user_id = @userId)`,
  )
  const selectLinkable = sqlite.prepare(
    `SELECT 1 FROM users WHERE id = @userId AND deactivated_at IS NULL AND (
       email_verified = 1
       OR NOT EXISTS (SELECT 1 FROM accounts WHERE user_id = @userId)
       AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = @userId)
       AND NOT EXISTS (SELECT 1 FROM personal_access_tokens WHERE user_id = @userId))`,
  )

  return {
    isActive: (email) => selectActive.get(email) !== undefined,
    byPasswordReset(userId) {
      const wasUnproven = sqlite.transaction(() => {
        if (selectUnproven.get(userId) === undefined) return false
        deleteOtherWays.run(userId)
        deleteTokens.run(userId)
        verify.run(now(), userId)
        return true
      })()
      if (wasUnproven) onCredentialsEnded(userId)
    },
    byMagicLink(userId) {
      deleteTokens.run(userId)
      onCredentialsEnded(userId)
    },
    keepMailbox(userId) {
      const id = createId({ now, randomBytes: () => randomBytes(16) })
      insertMailbox.run({ id, userId, time: now() })
    },
    mayBecomeWay: (userId) => selectLinkable.get({ userId }) !== undefined,
  }
}
