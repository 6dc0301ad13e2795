/** Finds out who asks: a personal access token when one is brought, else the session cookie. */
import type { WorkspaceRole } from '../../shared/api/users.ts'
import { userIdSchema, type UserId } from '../../shared/ids.ts'
import { isEnvironmental, type SqliteConnection } from '../database/open-database.ts'
import type { Authenticate, Credential } from './authenticate.ts'
import type { Auth } from './auth.ts'
import { hashToken } from './personal-access-token.ts'

interface TokenRow {
  id: string
  userId: UserId
  expiresAt: number | null
}

/** How much later a use is noted: writing the time of each request would cost more than it tells. */
const LAST_USED_STEP_MS = 60_000
const BEARER = /^Bearer (.+)$/i

export function createAuthenticate(
  auth: Auth,
  sqlite: SqliteConnection,
  now: () => number,
): Authenticate {
  const selectRole = sqlite.prepare<[string], { role: WorkspaceRole }>(
    'SELECT role FROM users WHERE id = ? AND deactivated_at IS NULL',
  )
  const selectToken = sqlite.prepare<[string], TokenRow>(
    `SELECT id, user_id AS userId, expires_at AS expiresAt FROM personal_access_tokens
     WHERE token_hash = ?`,
  )
  const noteTokenUse = sqlite.prepare(
    `UPDATE personal_access_tokens SET last_used_at = @now
     WHERE id = @id AND coalesce(last_used_at, 0) < @now - ${LAST_USED_STEP_MS}`,
  )

  const noteSessionUse = sqlite.prepare('UPDATE sessions SET updated_at = ? WHERE id = ?')

  function note(write: () => void): void {
    try {
      write()
    } catch (error) {
      // With a full disk people can still read.
      if (!isEnvironmental(error)) throw error
    }
  }

  function findToken(token: string): { userId: UserId; credential: Credential } | undefined {
    const row = selectToken.get(hashToken(token))
    if (row === undefined || (row.expiresAt !== null && row.expiresAt <= now())) return undefined
    note(() => noteTokenUse.run({ id: row.id, now: now() }))
    const { id, userId, expiresAt } = row
    return { userId, credential: { kind: 'token', id, expiresAt } }
  }

  async function findSession(
    headers: Headers,
  ): Promise<{ userId: UserId; credential: Credential } | undefined> {
    const session = await auth.readSession(headers)
    if (session === undefined) return undefined
    const { id, userId, expiresAt, usedAt } = session
    if (usedAt < now() - LAST_USED_STEP_MS) note(() => noteSessionUse.run(now(), id))
    return { userId: userIdSchema.parse(userId), credential: { kind: 'session', id, expiresAt } }
  }

  return async ({ headers, token }) => {
    const bearer = token ?? BEARER.exec(headers.get('authorization') ?? '')?.[1]
    const found = bearer === undefined ? await findSession(headers) : findToken(bearer)
    const role = found && selectRole.get(found.userId)?.role
    return found && role && { ...found, role }
  }
}

/** When a credential ends (ms UTC), null for never, undefined when it has been ended. */
export function createCredentialEnd(
  sqlite: SqliteConnection,
): (credential: Credential) => number | null | undefined {
  const select = {
    session: sqlite.prepare<[string], { expiresAt: number | null }>(
      `SELECT expires_at AS expiresAt FROM sessions JOIN users ON users.id = user_id
       WHERE sessions.id = ? AND deactivated_at IS NULL`,
    ),
    token: sqlite.prepare<[string], { expiresAt: number | null }>(
      `SELECT expires_at AS expiresAt FROM personal_access_tokens AS tokens
       JOIN users ON users.id = user_id WHERE tokens.id = ? AND deactivated_at IS NULL`,
    ),
  }
  return ({ kind, id }) => select[kind].get(id)?.expiresAt
}
