/** What the process that measures searches is asked, and what it answers. */
import { z } from 'zod'

export const searchTaskSchema = z.object({ messages: z.number(), searches: z.number() })

const timesSchema = z.object({ p50Ms: z.number(), p99Ms: z.number() })

export const searchAnswerSchema = z.object({
  messages: z.number(),
  /** Making the index of all messages, and the plain one beside it. */
  indexMs: z.number(),
  plainIndexMs: z.number(),
  indexBytes: z.number(),
  plainIndexBytes: z.number(),
  kinds: z.array(z.object({ kind: z.string(), ours: timesSchema, plain: timesSchema })),
  /** Some queries of every kind, for a load. */
  queries: z.array(z.string()),
})
export type SearchAnswer = z.infer<typeof searchAnswerSchema>
