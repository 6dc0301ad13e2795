/** REST contract: errors as RFC 9457 problem details (`application/problem+json`). */
import { z } from 'zod'
import { errorCodes } from '../errors.ts'

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes),
    detail: z.string().optional(),
    issues: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What was wrong with which field of the request, for `invalid_request`.'),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problemSchema>
