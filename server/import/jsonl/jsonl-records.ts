/** One line of a history in JSON lines, as it must be; further fields are ignored. */
import { z } from 'zod'
import { toCleanName } from '../text/clean-text.ts'

/** A moment in a source that counts microseconds. */
export interface JsonlTime {
  /** ms UTC. */
  ms: number
  /** The microseconds that remain. */
  micros: number
}

const nameSchema = z
  .string()
  .max(200)
  .refine((name) => toCleanName(name) !== '', 'has nothing that can be seen')

const timeSchema = z.iso
  .datetime()
  .transform((text): JsonlTime => {
    const [, fraction = ''] = /\.([0-9]+)Z$/.exec(text) ?? []
    const digits = fraction.padEnd(6, '0')
    const seconds = text.replace(/(\.[0-9]+)?Z$/, 'Z')
    return {
      ms: Date.parse(seconds) + Number(digits.slice(0, 3)),
      micros: Number(digits.slice(3, 6)),
    }
  })
  .refine(({ ms }) => ms >= 0, 'lies before 1970')

export const jsonlMessageSchema = z.object({
  workspace: nameSchema,
  channel: nameSchema,
  user: nameSchema,
  ts: timeSchema,
  text: z.string(),
  thread_ts: timeSchema.nullish(),
  reactions: z
    .array(z.object({ name: z.string().min(1).max(200), users: z.array(nameSchema).max(10_000) }))
    .max(1_000)
    .nullish(),
})

export type JsonlMessage = z.infer<typeof jsonlMessageSchema>
