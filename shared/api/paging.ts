/** REST contract: how lists are cut into pages. */
import { z } from 'zod'

/** A parameter of an address that may be left out, or blank, which is the same. */
export function queryOption<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

/** How many rows a page has at most. */
export function limitSchema(standard: number) {
  const limit = z.coerce.number().int().min(1).max(100).default(standard)
  return z.preprocess((value) => (value === '' ? undefined : value), limit)
}

export const cursorSchema = z
  .string()
  .min(1)
  .max(500)
  .describe('`nextCursor` of the page before. It stays valid while rows arrive.')

export const pageQuerySchema = z.strictObject({
  limit: limitSchema(20),
  cursor: queryOption(cursorSchema),
})
