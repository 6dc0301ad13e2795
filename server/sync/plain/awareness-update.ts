/** The bytes in which Yjs clients tell each other who is there and where their cursor is. */
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'

/** What one clientID says of itself; `state` is null when it has left. */
export interface AwarenessEntry {
  clientId: number
  clock: number
  state: Readonly<Record<string, unknown>> | null
}

/** Undefined for what cannot be read, or says more than `maxEntries`. */
export function decodeAwareness(
  update: Uint8Array,
  maxEntries: number,
): AwarenessEntry[] | undefined {
  try {
    const decoder = createDecoder(update)
    const count = readVarUint(decoder)
    if (count > maxEntries) return undefined
    return Array.from({ length: count }, () => ({
      clientId: readVarUint(decoder),
      clock: readVarUint(decoder),
      state: requireState(JSON.parse(readVarString(decoder))),
    }))
  } catch {
    return undefined // hostile or broken; there is nothing to answer
  }
}

export function encodeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, entries.length)
  for (const { clientId, clock, state } of entries) {
    writeVarUint(encoder, clientId)
    writeVarUint(encoder, clock)
    writeVarString(encoder, JSON.stringify(state))
  }
  return toUint8Array(encoder)
}

function requireState(value: unknown): AwarenessEntry['state'] {
  if (value === null) return null
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('No awareness state')
  return { ...value }
}
