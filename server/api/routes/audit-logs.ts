/** `/api/audit-logs`: who did what; for owners and admins. */
import {
  listAuditLogsQuerySchema,
  listAuditLogsResponseSchema,
} from '../../../shared/api/audit-logs.ts'
import { requireRight } from '../../commands/command-context.ts'
import { listAuditLogs } from '../../queries/audit-logs.ts'
import { createApp, json, signedInRoute, type ApiApp, type RouteDeps } from '../api-context.ts'

const listRoute = signedInRoute({
  method: 'get',
  path: '/audit-logs',
  noes: [403],
  summary: 'Read the audit log, newest first; for owners and admins',
  request: { query: listAuditLogsQuerySchema },
  responses: { 200: json(listAuditLogsResponseSchema, 'A page of entries') },
})

export function createAuditLogRoutes({ commands }: RouteDeps): ApiApp {
  return createApp().openapi(listRoute, async (context) => {
    requireRight(context.get('identity'), 'readAuditLog')
    return context.json(await listAuditLogs(commands.database, context.req.valid('query')), 200)
  })
}
