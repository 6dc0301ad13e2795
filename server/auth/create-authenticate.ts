/** Finds out who asks: a personal access token when one is brought, else the session cookie. */
import type { WorkspaceRole } from '../../shared/api/users.ts'
import type { UserId } from '../../shared/ids.ts'
import { isEnvironmental, type SqliteConnection } from '../database/open-database.ts'
import type { Auth } from './auth.ts'
import type { Authenticate, Credential, Identity } from './authenticate.ts'
import { hashToken } from './personal-access-token.ts'

interface CredentialRow {
  id: string
  userId: UserId
  role: WorkspaceRole
  expiresAt: number | null
  usedAt: number | null
}

/** How much later a use is noted: writing the time of each request would cost more than it tells. */
const LAST_USED_STEP_MS = 60_000
const BEARER = /^Bearer (.+)$/i

export function createAuthenticate(
  auth: Auth,
  sqlite: SqliteConnection,
  now: () => number,
): Authenticate {
  const selectSession = sqlite.prepare<[string, number], CredentialRow>(
    `SELECT sessions.id, user_id AS userId, role, expires_at AS expiresAt,
       sessions.updated_at AS usedAt
     FROM sessions JOIN users ON users.id = user_id
     WHERE token = ? AND expires_at > ? AND deactivated_at IS NULL`,
  )
  const selectToken = sqlite.prepare<[string], CredentialRow>(
    `SELECT tokens.id, user_id AS userId, role, expires_at AS expiresAt, last_used_at AS usedAt
     FROM personal_access_tokens AS tokens JOIN users ON users.id = user_id
     WHERE token_hash = ? AND deactivated_at IS NULL`,
  )
  const noteUse = {
    session: sqlite.prepare<[number, string]>('UPDATE sessions SET updated_at = ? WHERE id = ?'),
    token: sqlite.prepare<[number, string]>(
      'UPDATE personal_access_tokens SET last_used_at = ? WHERE id = ?',
    ),
  }

  function toIdentity(kind: Credential['kind'], row: CredentialRow): Identity {
    const { id, userId, role, expiresAt, usedAt } = row
    if ((usedAt ?? 0) < now() - LAST_USED_STEP_MS) {
      try {
        noteUse[kind].run(now(), id)
      } catch (error) {
        // With a full disk people can still read.
        if (!isEnvironmental(error)) throw error
      }
    }
    return { userId, role, credential: { kind, id, expiresAt } }
  }

  function findToken(token: string): Identity | undefined {
    const row = selectToken.get(hashToken(token))
    if (row === undefined || (row.expiresAt !== null && row.expiresAt <= now())) return undefined
    return toIdentity('token', row)
  }

  async function findSession(headers: Headers): Promise<Identity | undefined> {
    const token = await auth.readSessionToken(headers)
    // By the clock that better-auth has set its end by.
    const row = token === undefined ? undefined : selectSession.get(token, Date.now())
    if (row !== undefined) return toIdentity('session', row)
    // better-auth removes what has run out, and tells those who are connected by it.
    if (token !== undefined) await auth.readSession(headers)
    return undefined
  }

  return async ({ headers, token }) => {
    const bearer = token ?? BEARER.exec(headers.get('authorization') ?? '')?.[1]
    return bearer === undefined ? findSession(headers) : findToken(bearer)
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
