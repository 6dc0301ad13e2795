/**
 * A refusal: why an update was not taken, and the record that it was about. It travels as JSON
 * in the reason with which the server closes one document's session.
 */
import { z } from 'zod'
import { errorCodes } from '../errors.ts'

export const refusalSchema = z.strictObject({
  code: z.enum(errorCodes),
  root: z.string().optional(),
  key: z.string().optional(),
})

export type Refusal = z.infer<typeof refusalSchema>

/** Longest root or key that is repeated in a close reason; both are the sender's own words. */
const MAX_ECHO_LENGTH = 200

export function formatCloseReason({ code, root, key }: Refusal): string {
  return JSON.stringify({
    code,
    root: root?.slice(0, MAX_ECHO_LENGTH),
    key: key?.slice(0, MAX_ECHO_LENGTH),
  })
}

/** Reads a close reason; undefined when it is not one of ours (a proxy's, the provider's own). */
export function parseCloseReason(reason: string): Refusal | undefined {
  try {
    const parsed = refusalSchema.safeParse(JSON.parse(reason))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined // not JSON: by definition not a refusal
  }
}
