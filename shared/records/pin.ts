/** A pin, kept under the id of the pinned message in the root map `pins`. */
import { z } from 'zod'
import { userIdSchema } from '../ids.ts'
import { timeSchema } from './time.ts'

export const pinRecordSchema = z.strictObject({ userId: userIdSchema, pinnedAt: timeSchema })

export type PinRecord = z.infer<typeof pinRecordSchema>
