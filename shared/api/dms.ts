/** REST contract: direct messages. The same people always have the same thread. */
import { z } from 'zod'
import { MAX_DM_PARTICIPANTS, threadIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { lastMessageSchema } from './messages.ts'
import { pageQuerySchema } from './paging.ts'
import { readingSchema } from './reading.ts'

const notifyLevels = ['ALL', 'MENTIONS', 'NOTHING'] as const

export const dmSchema = z
  .strictObject({
    id: threadIdSchema,
    participantIds: z.array(userIdSchema).describe('Everybody in the thread, the asker included.'),
    createdAt: timeSchema,
    lastMessageAt: timeSchema.nullable(),
    newestSegment: z
      .int()
      .min(1)
      .describe('The newest document of its chain: `dm:<id>/<newestSegment>`.'),
    muted: z.boolean(),
    notifyLevel: z.enum(notifyLevels).nullable().describe("Null: as in the asker's preferences."),
    archivedAt: timeSchema
      .nullable()
      .describe('When the asker put it aside; null again as soon as something new arrives in it.'),
    lastMessage: lastMessageSchema.nullable(),
    ...readingSchema.shape,
  })
  .meta({ id: 'Dm' })
export const listDmsQuerySchema = pageQuerySchema
export const listDmsResponseSchema = z.strictObject({
  dms: z.array(dmSchema),
  nextCursor: z.string().nullable(),
})
/** `POST /dm`: the asker need not name themself. Answers the existing thread if there is one. */
export const startDmRequestSchema = z.strictObject({
  participantIds: z.array(userIdSchema).min(1).max(MAX_DM_PARTICIPANTS),
})

/** `PATCH /dm/:id`: the asker's own wishes. What is left out stays as it is. */
export const updateDmRequestSchema = z.strictObject({
  muted: z.boolean().optional(),
  notifyLevel: z.enum(notifyLevels).nullable().optional(),
  archived: z.boolean().optional(),
})

export const listParticipantsResponseSchema = z.strictObject({
  participants: z.array(z.strictObject({ userId: userIdSchema, joinedAt: timeSchema })),
})
/** `POST /dm/:id/participants`: starts a thread of those who are in this one and these people. */
export const addParticipantsRequestSchema = z.strictObject({
  userIds: z.array(userIdSchema).min(1).max(MAX_DM_PARTICIPANTS),
})

export type Dm = z.infer<typeof dmSchema>
export type Participant = z.infer<typeof listParticipantsResponseSchema>['participants'][number]
