/** Reads a browser's stateless message; undefined for what is none. Never throws. */
import { clientMessageSchema, type ClientMessage } from '../../shared/sync/stateless-messages.ts'

const MAX_PAYLOAD_LENGTH = 1_000

export function parseClientMessage(payload: string): ClientMessage | undefined {
  if (payload.length > MAX_PAYLOAD_LENGTH) return undefined
  try {
    return clientMessageSchema.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined // not JSON: a hostile or newer client; there is nothing to answer
  }
}
