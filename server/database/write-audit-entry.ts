/**
 * Adds one deed to `audit_logs`, in the caller's transaction where there is one: the deed and its
 * entry stand or fall together. Nothing of an entry is ever changed; no secret may be in it.
 */
import { randomBytes } from 'node:crypto'
import type { AuditAction, AuditEntityType, AuditEntry } from '../../shared/api/audit-logs.ts'
import { createId, type UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from './open-database.ts'

/** Where somebody acts from. */
export interface RequestOrigin {
  ipAddress: string | null
  userAgent: string | null
}

export interface AuditDeed {
  action: AuditAction
  entityType: AuditEntityType
  entityId: string | null
  details?: AuditEntry['details']
}

export interface AuditedAct extends AuditDeed {
  /** Null for the server itself and for those who are not known. */
  actorId: UserId | null
  origin?: RequestOrigin | undefined
  /** ms UTC */
  at: number
  /** For what may be told twice: the second time nothing is added. */
  id?: string
}

/** Whatever a client says of itself is cut to this. */
const MAX_USER_AGENT_LENGTH = 400

export function writeAuditEntry(sqlite: SqliteConnection, act: AuditedAct): void {
  const { actorId, action, entityType, entityId, details = {}, origin, at } = act
  sqlite
    .prepare(
      `INSERT INTO audit_logs
         (id, actor_id, action, entity_type, entity_id, details, ip_address, user_agent, created_at)
       VALUES (@id, @actorId, @action, @entityType, @entityId, @details, @ipAddress, @userAgent, @at)
       ON CONFLICT (id) DO NOTHING`,
    )
    .run({
      ...{ actorId, action, entityType, entityId, at },
      id: act.id ?? createId<string>({ now: () => at, randomBytes: () => randomBytes(16) }),
      details: JSON.stringify(details),
      ipAddress: origin?.ipAddress ?? null,
      userAgent: origin?.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    })
}
