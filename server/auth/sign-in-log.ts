/**
 * Writes what better-auth does into the audit log: accounts, sessions, passwords, and attempts that
 * failed. It is told right after each deed, since better-auth's own writes are no transaction. What
 * people typed into a form is never written: it may be a password in the wrong field.
 */
import type { AuditAction } from '../../shared/api/audit-logs.ts'
import { callbackParamsSchema } from '../../shared/api/sign-in-ways.ts'
import { userIdSchema, type UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { writeAuditEntry, type RequestOrigin } from '../database/write-audit-entry.ts'

/** What better-auth knows of the request that it answers; null outside of one. */
export type AuthRequest = {
  path?: string
  /** Of a way back from a provider: which one. */
  params?: unknown
  headers?: Headers | undefined
} | null

type PersonAction = Extract<
  AuditAction,
  | 'person.signed_up'
  | 'person.updated'
  | 'person.password_changed'
  | 'person.password_reset'
  | 'person.email_verified'
>

interface Session {
  id: string
  userId: string
  expiresAt: Date
}

export interface SignInLog {
  personChanged: (action: PersonAction, userId: string, request: AuthRequest) => void
  /** A person has another way to sign in. */
  wayLinked: (account: { userId: string; providerId: string }, request: AuthRequest) => void
  sessionStarted: (session: Session, request: AuthRequest) => void
  /** Signed out, revoked or run out, as the session and the request tell. */
  sessionEnded: (session: Session, request: AuthRequest) => void
  /** Somebody could not sign in under this address. */
  signInRefused: (email: string, request: AuthRequest) => void
}

export function createSignInLog(sqlite: SqliteConnection, now: () => number): SignInLog {
  const selectByEmail = sqlite.prepare<[string], { id: UserId }>(
    'SELECT id FROM users WHERE lower(email) = lower(?)',
  )

  return {
    personChanged(action, userId, request) {
      writeAuditEntry(sqlite, {
        ...{ action, entityType: 'person', entityId: userId, at: now() },
        ...{ actorId: userIdSchema.parse(userId), origin: originOf(request) },
      })
    },
    wayLinked({ userId, providerId }, request) {
      writeAuditEntry(sqlite, {
        ...{ action: 'person.way_linked', entityType: 'person', entityId: userId, at: now() },
        ...{ actorId: userIdSchema.parse(userId), origin: originOf(request) },
        details: { provider: providerId },
      })
    },
    sessionStarted(session, request) {
      writeAuditEntry(sqlite, {
        details: { by: wayOf(request) },
        ...{ action: 'session.started', entityType: 'session', entityId: session.id, at: now() },
        ...{ actorId: userIdSchema.parse(session.userId), origin: originOf(request) },
      })
    },
    sessionEnded({ id, userId, expiresAt }, request) {
      const hasExpired = expiresAt.getTime() <= now()
      const ended = request?.path === '/sign-out' ? 'session.signed_out' : 'session.revoked'
      writeAuditEntry(sqlite, {
        action: hasExpired ? 'session.expired' : ended,
        ...{ entityType: 'session', entityId: id, at: now() },
        ...{ actorId: userIdSchema.parse(userId), origin: originOf(request) },
      })
    },
    signInRefused(email, request) {
      const person = selectByEmail.get(email)
      writeAuditEntry(sqlite, {
        ...{ action: 'session.refused', entityType: 'person', entityId: person?.id ?? null },
        ...{ actorId: null, origin: originOf(request), at: now() },
      })
    },
  }
}

/** How somebody came in. */
function wayOf(request: AuthRequest): string {
  const provider = callbackParamsSchema.safeParse(request?.params).data?.id
  if (request?.path === '/callback/:id' && provider !== undefined) return provider
  return request?.path === '/magic-link/verify' ? 'magic-link' : 'password'
}

function originOf(request: AuthRequest): RequestOrigin {
  return {
    ipAddress: request?.headers?.get('x-client-address') ?? null,
    userAgent: request?.headers?.get('user-agent') ?? null,
  }
}
