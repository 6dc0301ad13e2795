/** REST contract: the audit log, which says who did what to what, and from where. */
import { z } from 'zod'
import { userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { pageQuerySchema } from './paging.ts'

/** Every deed that the log knows. Names are an interface: never rename one. */
export const auditActions = [
  'person.created',
  'person.signed_up',
  'person.updated',
  'person.role_changed',
  'person.deactivated',
  'person.reactivated',
  'person.sessions_ended',
  'person.erased',
  'person.exported',
  'person.claim_link_created',
  'person.claimed',
  'person.password_changed',
  'person.password_reset',
  'person.email_verified',
  'person.way_linked',
  'person.way_unlinked',
  'session.started',
  'session.refused',
  'session.signed_out',
  'session.revoked',
  'session.expired',
  'token.created',
  'token.revoked',
  'channel.created',
  'channel.updated',
  'channel.archived',
  'channel.reopened',
  'channel.type_changed',
  'channel.posting_changed',
  'channel.retention_changed',
  'channel.moved',
  'category.created',
  'category.updated',
  'category.deleted',
  'member.added',
  'member.removed',
  'member.role_changed',
  'message.deleted_by_moderator',
  'workspace.settings_changed',
  'workspace.import_started',
  'workspace.imported',
  'workspace.sample_created',
  'workspace.restored',
  'workspace.rebuilt',
] as const

export const auditEntityTypes = [
  'person',
  'session',
  'token',
  'channel',
  'category',
  'message',
  'workspace',
] as const

export const auditDetailsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
)

export const auditEntrySchema = z
  .strictObject({
    id: z.string(),
    actorId: userIdSchema
      .nullable()
      .describe('Null for the server itself, its commands, and those who are not known.'),
    action: z.enum(auditActions),
    entityType: z.enum(auditEntityTypes),
    entityId: z.string().nullable(),
    details: auditDetailsSchema.describe('What was changed; never a secret.'),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'AuditEntry' })

const queryTimeSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** `GET /audit-logs`: newest first. `from` is included and `to` is not; both ms UTC. */
export const listAuditLogsQuerySchema = pageQuerySchema.extend({
  action: z.enum(auditActions).optional(),
  entityType: z.enum(auditEntityTypes).optional(),
  entityId: z.string().min(1).max(200).optional(),
  actorId: userIdSchema.optional(),
  from: queryTimeSchema.optional(),
  to: queryTimeSchema.optional(),
})
export const listAuditLogsResponseSchema = z.strictObject({
  entries: z.array(auditEntrySchema),
  nextCursor: z.string().nullable(),
})

export type AuditAction = (typeof auditActions)[number]
export type AuditEntityType = (typeof auditEntityTypes)[number]
export type AuditEntry = z.infer<typeof auditEntrySchema>
