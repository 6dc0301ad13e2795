/**
 * Takes update bytes apart into runs of structs and merged delete ranges. Refuses whatever no
 * honest editor of these documents writes, before anything is compared with a document.
 */
import { createDecoder, hasContent, type Decoder } from 'lib0/decoding'
import * as Y from 'yjs'
import type { Refusal } from '../sync/refusal.ts'
import type { DeleteRange } from './encode-update.ts'

export interface ClientStructs {
  clientId: number
  structs: Y.Item[]
}

export type DecodedUpdate =
  | { refusal: undefined; clients: ClientStructs[]; deletes: Map<number, DeleteRange[]> }
  | { refusal: Refusal }

const MAX_CLIENT_ID = 0xffff_ffff

/** Decodes an update of Yjs's format version 1. Never throws. */
export function decodeUpdate(bytes: Uint8Array): DecodedUpdate {
  const decoded = readUpdate(bytes)
  if (decoded === undefined) return refuse('malformed_update')

  const clients: ClientStructs[] = []
  const seen = new Set<number>()
  for (const struct of decoded.structs) {
    const { client } = struct.id
    if (struct instanceof Y.Skip) return refuse('missing_predecessor')
    if (!(struct instanceof Y.Item) || struct.length < 1) return refuse('content_not_allowed')
    const current = clients.at(-1)
    if (current?.clientId === client) {
      current.structs.push(struct)
      continue
    }
    // Yjs keeps only the last section of a clientID that comes twice: read otherwise here, the
    // guard would judge other structs than the ones that are applied.
    if (seen.has(client) || client > MAX_CLIENT_ID) return refuse('malformed_update')
    seen.add(client)
    clients.push({ clientId: client, structs: [struct] })
  }
  return { refusal: undefined, clients, deletes: mergeRanges(decoded.ds.clients) }
}

function readUpdate(bytes: Uint8Array): ReturnType<typeof Y.decodeUpdate> | undefined {
  let source: Decoder = createDecoder(bytes)
  class TrackedDecoder extends Y.UpdateDecoderV1 {
    constructor(decoder: Decoder) {
      super(decoder)
      source = decoder
    }
  }
  try {
    const decoded = Y.decodeUpdateV2(bytes, TrackedDecoder)
    return hasContent(source) ? undefined : decoded
  } catch {
    return undefined // whatever a decoder throws at hostile bytes means the same: malformed
  }
}

/** Sorted, disjoint ranges: overlapping ones, repeated often enough, would cost quadratic time. */
function mergeRanges(
  clients: ReadonlyMap<number, readonly { clock: number; len: number }[]>,
): Map<number, DeleteRange[]> {
  const merged = new Map<number, DeleteRange[]>()
  for (const [clientId, items] of clients) {
    const ranges: DeleteRange[] = []
    for (const { clock, len } of items.toSorted((a, b) => a.clock - b.clock)) {
      const last = ranges.at(-1)
      if (last !== undefined && clock <= last.clock + last.length) {
        last.length = Math.max(last.length, clock + len - last.clock)
      } else if (len > 0) ranges.push({ clock, length: len })
    }
    if (ranges.length > 0) merged.set(clientId, ranges)
  }
  return merged
}

function refuse(code: Refusal['code']): DecodedUpdate {
  return { refusal: { code } }
}
