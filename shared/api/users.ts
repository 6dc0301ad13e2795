/** REST contract: people and the signed-in person. */
import { z } from 'zod'
import { userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { pageQuerySchema } from './paging.ts'

export const workspaceRoles = ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'] as const

/** A person as every member may see them. */
export const userSchema = z.strictObject({
  id: userIdSchema,
  name: z.string(),
  displayName: z.string().nullable(),
  avatarUrl: z.string().nullable(),
  bio: z.string().nullable(),
  role: z.enum(workspaceRoles),
  /** False for somebody who was imported and has no account yet, or who was deactivated. */
  isActive: z.boolean(),
  lastSeenAt: timeSchema.nullable(),
  createdAt: timeSchema,
})

/** `GET /users/me`: the person themself, with what only they may see. */
export const meSchema = userSchema.extend({ email: z.email() })

/** `GET /users?search=&limit=&cursor=`. Search matches name, display name and, exactly, e-mail. */
export const listUsersQuerySchema = pageQuerySchema.extend({
  search: z.string().trim().min(1).max(200).optional(),
})
export const listUsersResponseSchema = z.strictObject({
  users: z.array(userSchema),
  nextCursor: z.string().nullable(),
})

export type User = z.infer<typeof userSchema>
export type Me = z.infer<typeof meSchema>
export type WorkspaceRole = (typeof workspaceRoles)[number]
