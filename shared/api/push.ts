/** REST contract: Web Push to a browser of the signed-in person. */
import { z } from 'zod'

const MAX_ENDPOINT_LENGTH = 2_000
const base64url = /^[A-Za-z0-9_-]+=*$/

/** Where the browser's push service takes messages for it. */
const endpointSchema = z.url({ protocol: /^https$/ }).max(MAX_ENDPOINT_LENGTH)

/** The server's public key, which a browser subscribes with. */
export const pushKeyResponseSchema = z.strictObject({ publicKey: z.string() })

/** What the browser's `PushSubscription` says of itself as JSON. */
export const subscribeRequestSchema = z.strictObject({
  endpoint: endpointSchema,
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({
    p256dh: z
      .string()
      .regex(base64url)
      .min(87)
      .max(88)
      .describe('A point on the curve P-256: 65 bytes.'),
    auth: z.string().regex(base64url).min(22).max(24).describe('16 bytes.'),
  }),
})

export const unsubscribeRequestSchema = z.strictObject({ endpoint: endpointSchema })
