/** REST contract: personal access tokens, for programs that act for a person. */
import { z } from 'zod'
import { timeSchema } from '../records/time.ts'

export const tokenIdSchema = z.uuid()

export const tokenSchema = z
  .strictObject({
    id: tokenIdSchema,
    name: z.string(),
    createdAt: timeSchema,
    lastUsedAt: timeSchema.nullable(),
    expiresAt: timeSchema.nullable(),
  })
  .meta({ id: 'Token' })
export const listTokensResponseSchema = z.strictObject({ tokens: z.array(tokenSchema) })
export const createTokenRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  expiresAt: timeSchema.optional().describe('When it ends, ms UTC; never when left out.'),
})
/** `token` is shown this once. */
export const createTokenResponseSchema = tokenSchema.extend({ token: z.string() })

export type Token = z.infer<typeof tokenSchema>
