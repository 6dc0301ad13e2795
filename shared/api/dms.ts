/** REST contract: direct messages. The same people always have the same thread. */
import { z } from 'zod'
import { MAX_DM_PARTICIPANTS, threadIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { pageQuerySchema } from './paging.ts'

export const dmSchema = z.strictObject({
  id: threadIdSchema,
  /** Everybody in the thread, the asker included. */
  participantIds: z.array(userIdSchema),
  createdAt: timeSchema,
  lastMessageAt: timeSchema.nullable(),
  /** The newest document of its chain: `dm:<id>/<newestSegment>`. */
  newestSegment: z.int().min(1),
})
export const listDmsQuerySchema = pageQuerySchema
export const listDmsResponseSchema = z.strictObject({
  dms: z.array(dmSchema),
  nextCursor: z.string().nullable(),
})
/** `POST /dm`: the asker need not name themself. Answers the existing thread if there is one. */
export const startDmRequestSchema = z.strictObject({
  participantIds: z.array(userIdSchema).min(1).max(MAX_DM_PARTICIPANTS),
})

export type Dm = z.infer<typeof dmSchema>
