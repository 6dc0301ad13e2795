/** REST contract: how lists are cut into pages. */
import { z } from 'zod'

export const cursorSchema = z
  .string()
  .min(1)
  .max(500)
  .describe('`nextCursor` of the page before. It stays valid while rows arrive.')

export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: cursorSchema.optional(),
})
