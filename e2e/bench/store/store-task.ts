/** What `store` asks the process that stores, and what it hears. */
import { z } from 'zod'

export const storeTaskSchema = z.object({
  /**
   * By the way of all writes, which overwrites what it deletes, or leaves it where it was; or by INSERT
   * into the same table, with and without its indexes.
   */
  way: z.enum(['connectnow', 'connectnow-leaving', 'plain', 'plain-indexed']),
  messages: z.number(),
  /** How many share a transaction. */
  batch: z.number(),
  isProfiled: z.boolean(),
})
export type StoreTask = z.infer<typeof storeTaskSchema>

const sharesSchema = z.array(z.object({ what: z.string(), ms: z.number() })).readonly()

export const storeAnswerSchema = z.object({
  ms: z.number(),
  cpuMs: z.number(),
  /** Rows of messages. */
  stored: z.number(),
  profile: z.object({ steps: sharesSchema, functions: sharesSchema }).optional(),
  /** What is on disk: tables, and the indexes of each. */
  tables: z.array(z.object({ table: z.string(), isIndex: z.number(), bytes: z.number() })),
})
export type StoreAnswer = z.infer<typeof storeAnswerSchema>
