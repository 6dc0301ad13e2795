/** What the process that makes the store of `rest` answers. */
import { z } from 'zod'

export const fillAnswerSchema = z.object({ messages: z.number() })
export type FillAnswer = z.infer<typeof fillAnswerSchema>
