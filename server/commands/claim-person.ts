/**
 * Imported people have no password. An admin hands them a link; whoever opens it sets one and is
 * that person from then on. The store knows only the hash of what the link carries.
 */
import type { z } from 'zod'
import type { claimLinkSchema, claimRequestSchema } from '../../shared/api/auth.ts'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import { createToken, hashToken } from '../auth/personal-access-token.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { RequestOrigin } from '../database/write-audit-entry.ts'
import { audit } from './audit.ts'
import { newId, type CommandContext, type Commander } from './command-context.ts'
import { requireManaged } from './managed-person.ts'

const LINK_DAYS = 7
const LINK_MS = LINK_DAYS * 24 * 60 * 60 * 1000

interface Claimable {
  userId: UserId
  email: string | null
}

/**
 * Makes the link; an earlier one of the same person ends. Throws `forbidden`, `not_found`, and
 * `conflict` for somebody who can sign in already or was deactivated.
 */
export function createClaimLink(
  context: CommandContext,
  commander: Commander,
  { userId, publicUrl }: { userId: UserId; publicUrl: string },
): z.infer<typeof claimLinkSchema> {
  const { sqlite } = context.database
  const token = createToken()
  const time = context.now()
  const expiresAt = time + LINK_MS
  sqlite.transaction(() => {
    // Whoever has the link is that person.
    requireManaged(sqlite, commander, userId)
    requireClaimable(sqlite, userId)
    const identifier = `claim:${userId}`
    sqlite.prepare('DELETE FROM verification_tokens WHERE identifier = ?').run(identifier)
    sqlite
      .prepare(
        `INSERT INTO verification_tokens (id, identifier, value, expires_at, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(newId<string>(context), identifier, hashToken(token), expiresAt, time, time)
    const deed = { action: 'person.claim_link_created', entityType: 'person' } as const
    audit(context, commander, { ...deed, entityId: userId, details: { expiresAt } })
  })()
  // Behind the #, so that it reaches no log of a server or proxy.
  return { url: new URL(`/claim#${token}`, publicUrl).href, expiresAt }
}

interface ClaimDeps {
  hashPassword: (password: string) => Promise<string>
  /** From where the person claims who they are. */
  origin: RequestOrigin
}

/**
 * Sets the person's password and uses the link up; answers the address to sign in with. Throws
 * `not_found` for a link that is not valid, `invalid_request` when an address is needed and
 * `already_exists` when it is somebody else's.
 */
export async function claimPerson(
  context: CommandContext,
  { token, password, email }: z.output<typeof claimRequestSchema>,
  { hashPassword, origin }: ClaimDeps,
): Promise<string> {
  const { database, now, notifier } = context
  const { sqlite } = database
  requireLink(sqlite, token, now())
  const passwordHash = await hashPassword(password)
  const address = sqlite.transaction(() => {
    // Anew: another request may have used the link up meanwhile.
    const person = requireLink(sqlite, token, now())
    requireClaimable(sqlite, person.userId)
    const claimed = (person.email ?? email)?.toLowerCase()
    if (claimed === undefined) {
      throw new AppError('invalid_request', { message: 'An e-mail address is needed' })
    }
    const isTaken = sqlite
      .prepare('SELECT 1 FROM users WHERE lower(email) = ? AND id <> ?')
      .get(claimed, person.userId)
    if (isTaken !== undefined) throw new AppError('already_exists')
    const time = now()
    sqlite
      .prepare('UPDATE users SET email = ?, updated_at = ? WHERE id = ?')
      .run(claimed, time, person.userId)
    sqlite
      .prepare(
        `INSERT INTO accounts (id, user_id, account_id, provider_id, password, created_at, updated_at)
         VALUES (?, ?, ?, 'credential', ?, ?, ?)`,
      )
      .run(newId<string>(context), person.userId, person.userId, passwordHash, time, time)
    sqlite
      .prepare('DELETE FROM verification_tokens WHERE identifier = ?')
      .run(`claim:${person.userId}`)
    const deed = { action: 'person.claimed', entityType: 'person' } as const
    audit(context, { userId: person.userId, origin }, { ...deed, entityId: person.userId })
    return claimed
  })()
  notifier.publish('everyone', { topic: 'people' })
  return address
}

function requireLink(sqlite: SqliteConnection, token: string, now: number): Claimable {
  const person = sqlite
    .prepare<[string, number], Claimable>(
      `SELECT users.id AS userId, users.email FROM verification_tokens AS link
       JOIN users ON link.identifier = 'claim:' || users.id
       WHERE link.value = ? AND link.expires_at > ?`,
    )
    .get(hashToken(token), now)
  if (person === undefined) {
    throw new AppError('not_found', { message: 'This link is not valid, or not any more' })
  }
  return person
}

function requireClaimable(sqlite: SqliteConnection, userId: UserId): void {
  const taken = sqlite
    .prepare(
      `SELECT 1 FROM users WHERE id = @userId AND (deactivated_at IS NOT NULL
         OR EXISTS (SELECT 1 FROM accounts WHERE user_id = @userId))`,
    )
    .get({ userId })
  if (taken !== undefined) {
    throw new AppError('conflict', { message: 'This person has an account, or was deactivated' })
  }
}
