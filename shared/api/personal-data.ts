/** REST contract: what the workspace keeps about one person. */
import { z } from 'zod'

const rowsSchema = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))

/**
 * `GET /users/:id/export`: every row that concerns the person, by subject, under the names of the
 * store's columns. Secrets, passwords and tokens among them, are left out.
 */
export const personExportSchema = z
  .strictObject({
    profile: rowsSchema,
    preferences: rowsSchema,
    accounts: rowsSchema,
    sessions: rowsSchema,
    accessTokens: rowsSchema,
    pushSubscriptions: rowsSchema,
    channels: rowsSchema,
    directMessageThreads: rowsSchema,
    messages: rowsSchema,
    directMessages: rowsSchema,
    revisions: rowsSchema,
    reactions: rowsSchema,
    pins: rowsSchema,
    mentions: rowsSchema,
    readMarks: rowsSchema,
    files: rowsSchema,
    notifications: rowsSchema,
    auditLog: rowsSchema,
  })
  .meta({ id: 'PersonExport' })

export type PersonExportSubject = keyof typeof personExportSchema.shape
