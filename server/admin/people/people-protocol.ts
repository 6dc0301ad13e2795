/**
 * What the `user` command asks, and what it is answered: by the store itself, or by the running server
 * over a socket in its data directory. Both sides parse what they get.
 */
import { z } from 'zod'
import { workspaceRoles } from '../../../shared/api/users.ts'
import { errorCodes } from '../../../shared/errors.ts'
import { userIdSchema } from '../../../shared/ids.ts'

export const SOCKET_NAME = 'admin.sock'
export const MAX_BODY_BYTES = 65_536

/** An id or an e-mail address. */
const whoSchema = z.string().min(1).max(320)

export const peopleRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('list') }),
  z.strictObject({ command: z.literal('show'), who: whoSchema }),
  z.strictObject({ command: z.literal('set-role'), who: whoSchema, role: z.enum(workspaceRoles) }),
  z.strictObject({ command: z.literal('deactivate'), who: whoSchema }),
  z.strictObject({ command: z.literal('reactivate'), who: whoSchema }),
  z.strictObject({ command: z.literal('reset-password'), who: whoSchema }),
  z.strictObject({ command: z.literal('end-sessions'), who: whoSchema }),
  z.strictObject({
    command: z.literal('erase'),
    who: whoSchema,
    /** Their e-mail address or, where they have none, their id. */
    confirm: whoSchema.optional(),
  }),
  z.strictObject({ command: z.literal('export'), who: whoSchema }),
])

export type PeopleRequest = z.infer<typeof peopleRequestSchema>
/** Answered by the text of an export, which may be longer than what fits into memory. */
export type ExportRequest = Extract<PeopleRequest, { command: 'export' }>
/** All others, answered by `PeopleAnswer`. */
export type ManageRequest = Exclude<PeopleRequest, ExportRequest>

const personSchema = z.strictObject({
  id: userIdSchema,
  name: z.string(),
  email: z.string().nullable(),
  role: z.enum(workspaceRoles),
  isDeactivated: z.boolean(),
  /** False for somebody who was imported, or whose password was reset, and who has no new one yet. */
  canSignIn: z.boolean(),
  sessions: z.int(),
  tokens: z.int(),
  lastSeenAt: z.int().nullable(),
  createdAt: z.int(),
})

export type AdminPerson = z.infer<typeof personSchema>

export const peopleAnswerSchema = z.strictObject({
  people: z.array(personSchema),
  /** With which somebody sets a password; works once. */
  link: z.strictObject({ url: z.string(), expiresAt: z.int() }).optional(),
})

export type PeopleAnswer = z.infer<typeof peopleAnswerSchema>

export const peopleProblemSchema = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
})
