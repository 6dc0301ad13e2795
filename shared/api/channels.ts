/** REST contract: channels and who is in them. */
import { z } from 'zod'
import { channelIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { lastMessageSchema } from './messages.ts'
import { pageQuerySchema } from './paging.ts'
import { readingSchema } from './reading.ts'

export const channelTypes = ['PUBLIC', 'PRIVATE'] as const
export const channelRoles = ['OWNER', 'ADMIN', 'MEMBER'] as const

export const channelSlugSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}_-]*$/u)

export const channelSchema = z.strictObject({
  id: channelIdSchema,
  name: z.string(),
  slug: z.string(),
  description: z.string().nullable(),
  type: z.enum(channelTypes),
  createdBy: userIdSchema.nullable(),
  createdAt: timeSchema,
  archivedAt: timeSchema.nullable(),
  memberCount: z.int(),
  /** The asker's role in the channel; null when they are not in it. */
  myRole: z.enum(channelRoles).nullable(),
  lastMessageAt: timeSchema.nullable(),
  /** The newest document of its chain: `channel:<id>/<newestSegment>`. */
  newestSegment: z.int().min(1),
  lastMessage: lastMessageSchema.nullable(),
  ...readingSchema.shape,
})

/** `GET /channels`: those that the asker is in and all public ones; archived ones marked. */
export const listChannelsQuerySchema = pageQuerySchema.extend({
  type: z.enum(channelTypes).optional(),
})
export const listChannelsResponseSchema = z.strictObject({
  channels: z.array(channelSchema),
  nextCursor: z.string().nullable(),
})

/**
 * `POST /channels`. With a client-given `id`, a repetition by the same person answers with the
 * channel that the first one made, so a channel created offline is created once.
 */
export const createChannelRequestSchema = z.strictObject({
  id: channelIdSchema.optional(),
  name: z.string().trim().min(1).max(80),
  slug: channelSlugSchema,
  description: z.string().trim().max(500).optional(),
  type: z.enum(channelTypes).default('PUBLIC'),
})

/** `PATCH /channels/:id`. What is left out stays as it is. */
export const updateChannelRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  description: z.string().trim().max(500).optional(),
  isArchived: z.boolean().optional(),
})

export const memberSchema = z.strictObject({
  userId: userIdSchema,
  role: z.enum(channelRoles),
  joinedAt: timeSchema,
})
export const listMembersResponseSchema = z.strictObject({
  members: z.array(memberSchema),
  nextCursor: z.string().nullable(),
})
/** `POST /channels/:id/members`: oneself joins a public channel; a member adds others. */
export const addMemberRequestSchema = z.strictObject({ userId: userIdSchema })
/** `PATCH /channels/:id/members/:userId`. */
export const updateMemberRequestSchema = z.strictObject({ role: z.enum(channelRoles) })

export type Channel = z.infer<typeof channelSchema>
export type ChannelType = (typeof channelTypes)[number]
export type ChannelRole = (typeof channelRoles)[number]
export type Member = z.infer<typeof memberSchema>
export type CreateChannelRequest = z.input<typeof createChannelRequestSchema>
