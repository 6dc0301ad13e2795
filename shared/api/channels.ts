/** REST contract: channels and who is in them. */
import { z } from 'zod'
import { categoryIdSchema, channelIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { lastMessageSchema } from './messages.ts'
import { pageQuerySchema, queryOption } from './paging.ts'
import { readingSchema } from './reading.ts'

export const channelTypes = ['PUBLIC', 'PRIVATE'] as const
export const channelRoles = ['OWNER', 'ADMIN', 'MEMBER'] as const
/** Who may post in a channel: everybody in it, or its admins and those of the workspace in it. */
export const channelPostings = ['EVERYONE', 'ADMINS'] as const
export const notifyLevels = ['ALL', 'MENTIONS', 'NOTHING'] as const

export const channelSlugSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}_-]*$/u)

export const channelSchema = z
  .strictObject({
    id: channelIdSchema,
    name: z.string(),
    slug: z.string(),
    description: z.string().nullable(),
    type: z.enum(channelTypes),
    createdBy: userIdSchema.nullable(),
    createdAt: timeSchema,
    archivedAt: timeSchema.nullable(),
    posting: z.enum(channelPostings),
    retentionDays: z
      .int()
      .min(0)
      .nullable()
      .describe('How many days its messages are kept; null: as the workspace says; 0: for ever.'),
    messagesKeptDays: z
      .int()
      .min(1)
      .nullable()
      .describe('What follows from that: a number of days, or null for ever.'),
    categoryId: categoryIdSchema.nullable(),
    position: z.int().min(0).describe('Its place in its category; ties stand by slug.'),
    memberCount: z.int(),
    myRole: z
      .enum(channelRoles)
      .nullable()
      .describe("The asker's role in the channel; null when they are not in it."),
    muted: z.boolean().describe('Whether the asker is told of nothing in it.'),
    notifyLevel: z
      .enum(notifyLevels)
      .nullable()
      .describe('What the asker is told of in it; null: as in their preferences.'),
    lastMessageAt: timeSchema.nullable(),
    newestSegment: z
      .int()
      .min(1)
      .describe('The newest document of its chain: `channel:<id>/<newestSegment>`.'),
    lastMessage: lastMessageSchema.nullable(),
    ...readingSchema.shape,
  })
  .meta({ id: 'Channel' })

/** `GET /channels`: those that the asker is in and all public ones; archived ones marked. */
export const listChannelsQuerySchema = pageQuerySchema.extend({
  type: queryOption(z.enum(channelTypes)),
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

/** A hundred years. */
export const MAX_RETENTION_DAYS = 36_500

export const MAX_POSITION = 100_000

/**
 * `PATCH /channels/:id`. What is left out stays as it is. `position` is the place to take in the
 * channel's category: who stands there, and those behind, move back by one.
 */
export const updateChannelRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  slug: channelSlugSchema.optional(),
  description: z.string().trim().max(500).optional(),
  type: z
    .enum(channelTypes)
    .optional()
    .describe('Who is not in a channel that becomes private loses it at once.'),
  isArchived: z.boolean().optional(),
  posting: z.enum(channelPostings).optional(),
  retentionDays: z
    .int()
    .min(0)
    .max(MAX_RETENTION_DAYS)
    .nullish()
    .describe(
      'Messages that are older are removed for ever. Null: as the workspace says; 0: for ever kept.',
    ),
  categoryId: categoryIdSchema.nullish().describe('Null for no category.'),
  position: z.int().min(0).max(MAX_POSITION).optional(),
})

export const memberSchema = z
  .strictObject({
    userId: userIdSchema,
    role: z.enum(channelRoles),
    joinedAt: timeSchema,
    muted: z
      .boolean()
      .optional()
      .describe('What the asker wishes for themself; left out for others.'),
    notifyLevel: z.enum(notifyLevels).nullish().describe("Null: as in the person's preferences."),
  })
  .meta({ id: 'Member' })
export const listMembersResponseSchema = z.strictObject({
  members: z.array(memberSchema),
  nextCursor: z.string().nullable(),
})
/** `POST /channels/:id/members`: oneself joins a public channel; a member adds others. */
export const addMemberRequestSchema = z.strictObject({ userId: userIdSchema })
/** `PATCH /channels/:id/members/:userId`. */
export const updateMemberRequestSchema = z.strictObject({
  role: z.enum(channelRoles).optional(),
  muted: z.boolean().optional().describe('Only for oneself, like `notifyLevel`.'),
  notifyLevel: z.enum(notifyLevels).nullish(),
})

export type Channel = z.infer<typeof channelSchema>
export type ChannelType = (typeof channelTypes)[number]
export type ChannelRole = (typeof channelRoles)[number]
export type ChannelPosting = (typeof channelPostings)[number]
export type Member = z.infer<typeof memberSchema>
export type CreateChannelRequest = z.input<typeof createChannelRequestSchema>
