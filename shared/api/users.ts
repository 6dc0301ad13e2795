/** REST contract: people and the signed-in person. */
import { z } from 'zod'
import { userIdSchema } from '../ids.ts'
import { emojiSchema } from '../records/emoji.ts'
import { timeSchema } from '../records/time.ts'
import { imageUrlSchema, nameSchema } from './auth.ts'
import { pageQuerySchema, queryOption } from './paging.ts'

export const workspaceRoles = ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'] as const

export const presenceStatuses = ['ONLINE', 'AWAY', 'DND', 'OFFLINE'] as const

/** What a person says of themself; back to ONLINE without words once `expiresAt` has passed. */
export const userStatusSchema = z
  .strictObject({
    status: z.enum(presenceStatuses),
    text: z.string().nullable(),
    emoji: z.string().nullable(),
    expiresAt: timeSchema.nullable(),
  })
  .meta({ id: 'UserStatus' })

/** A person as every member may see them. */
export const userSchema = z
  .strictObject({
    id: userIdSchema,
    name: z.string(),
    displayName: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    bio: z.string().nullable(),
    role: z.enum(workspaceRoles),
    isActive: z
      .boolean()
      .describe(
        'False for somebody who was imported and has no account yet, or who was deactivated.',
      ),
    status: userStatusSchema,
    lastSeenAt: timeSchema.nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'User' })

/** `GET /users/me`: the person themself, with what only they may see. */
export const meSchema = userSchema.extend({ email: z.email() }).meta({ id: 'Me' })

/** `GET /users?search=&limit=&cursor=`. Search matches name, display name and, exactly, e-mail. */
export const listUsersQuerySchema = pageQuerySchema.extend({
  search: queryOption(z.string().trim().min(1).max(200)),
})
export const listUsersResponseSchema = z.strictObject({
  users: z.array(userSchema),
  nextCursor: z.string().nullable(),
})

const bioSchema = z.string().trim().max(500)

/** `POST /users`: a person without a password, who claims the account by a link. */
export const createUserRequestSchema = z.strictObject({
  email: z.email().max(254),
  name: nameSchema,
  role: z.enum(workspaceRoles).default('MEMBER'),
})
/** `PATCH /users/:id`. What is left out stays as it is; null clears. */
export const updateUserRequestSchema = z.strictObject({
  name: nameSchema.optional(),
  displayName: nameSchema.nullish(),
  avatarUrl: imageUrlSchema.nullish(),
  bio: bioSchema.nullish(),
  role: z.enum(workspaceRoles).optional(),
})
/** `PATCH /users/:id/status`, for oneself. What is left out stays as it is; null clears. */
export const updateStatusRequestSchema = z.strictObject({
  status: z.enum(presenceStatuses).optional(),
  text: z.string().trim().min(1).max(100).nullish(),
  emoji: emojiSchema.nullish(),
  expiresAt: timeSchema.nullish().describe('ms UTC, in the future.'),
})

/** `POST /users/:id/erase`. Irreversible, therefore confirmed. */
export const erasePersonRequestSchema = z.strictObject({
  confirm: z
    .string()
    .trim()
    .min(1)
    .max(320)
    .describe("The person's e-mail address or, where they have none, their id."),
})

export type User = z.infer<typeof userSchema>
export type Me = z.infer<typeof meSchema>
export type UserStatus = z.infer<typeof userStatusSchema>
export type WorkspaceRole = (typeof workspaceRoles)[number]
