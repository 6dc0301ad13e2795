/**
 * Ids that follow from their source alone, so that importing it again, or a later state of it,
 * meets what is there already. Pure.
 */
import { createHash } from 'node:crypto'

/** Longest chain of messages that one message may be split into. */
export const MAX_PARTS = 256
/** What an id sorts by, most significant first. */
export interface IdOrder {
  /** ms UTC. */
  ms: number
  /** Within the millisecond: below 4,096. */
  order?: number
  /** Among messages of the very same time, where a source has such: below 65,536. */
  ordinal?: number
  /** Of a message that had to be split: below MAX_PARTS. */
  part?: number
}

/** Sixteen bytes that say which thing of which source is meant. */
export function hashOf(...names: string[]): Uint8Array {
  return createHash('sha256').update(JSON.stringify(names)).digest().subarray(0, 16)
}

/** Lays out a UUIDv7: 48 bits of time, 12 of order within it, then the rest of the order, then hash. */
export function deriveId({ ms, order = 0, ordinal, part }: IdOrder, hash: Uint8Array): string {
  const bytes = Uint8Array.from(hash)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(ms / 2 ** 32))
  view.setUint32(2, ms % 2 ** 32)
  view.setUint16(6, 0x7000 | order)
  let at = 66
  const put = (value: number, bits: number): void => {
    for (let bit = bits - 1; bit >= 0; bit -= 1, at += 1) {
      const mask = 0x80 >> (at & 7)
      const byte = bytes[at >> 3] ?? 0
      bytes[at >> 3] = (value >> bit) & 1 ? byte | mask : byte & ~mask
    }
  }
  if (ordinal !== undefined) put(ordinal, 16)
  if (part !== undefined) put(part, 8)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Buffer.from(bytes).toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
