/** Reads the audit log, newest first. The caller has checked that the asker may. */
import { sql } from 'kysely'
import { z } from 'zod'
import {
  auditDetailsSchema,
  type AuditEntry,
  type listAuditLogsQuerySchema,
} from '../../shared/api/audit-logs.ts'
import type { Database } from '../database/open-database.ts'
import { parseCursor, toPage } from './cursor.ts'

const positionSchema = z.tuple([z.int(), z.string()])

export async function listAuditLogs(
  { kysely }: Database,
  filter: z.output<typeof listAuditLogsQuerySchema>,
): Promise<{ entries: AuditEntry[]; nextCursor: string | null }> {
  const { action, entityType, entityId, actorId, from, to, limit, cursor } = filter
  let query = kysely
    .selectFrom('audit_logs')
    .select(['id', 'action', 'details'])
    .select(['actor_id as actorId', 'entity_type as entityType', 'entity_id as entityId'])
    .select(['ip_address as ipAddress', 'user_agent as userAgent', 'created_at as createdAt'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
  if (action !== undefined) query = query.where('action', '=', action)
  if (entityType !== undefined) query = query.where('entity_type', '=', entityType)
  if (entityId !== undefined) query = query.where('entity_id', '=', entityId)
  if (actorId !== undefined) query = query.where('actor_id', '=', actorId)
  if (from !== undefined) query = query.where('created_at', '>=', from)
  if (to !== undefined) query = query.where('created_at', '<', to)
  if (cursor !== undefined) {
    const [createdAt, id] = parseCursor(positionSchema, cursor)
    query = query.where(sql<boolean>`(created_at, id) < (${createdAt}, ${id})`)
  }
  const page = toPage(await query.limit(limit + 1).execute(), limit, (row) => [
    row.createdAt,
    row.id,
  ])
  const entries = page.rows.map((row) => ({
    ...row,
    details: auditDetailsSchema.parse(JSON.parse(row.details)),
  }))
  return { entries, nextCursor: page.nextCursor }
}
