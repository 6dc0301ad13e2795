/**
 * Writes update bytes from structs and delete ranges without a document. What comes out is
 * canonical: nothing but these structs and ranges, so it is what the journal may keep.
 */
import { writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'

/** Consecutive structs of one clientID; `offset` units of the first one are left out. */
export interface StructRun {
  clientId: number
  clock: number
  offset: number
  structs: readonly Y.Item[]
}

export interface DeleteRange {
  clock: number
  length: number
}

/** Encodes in Yjs's update format, version 1. Clients come in the order given. */
export function encodeUpdate(
  runs: readonly StructRun[],
  deletes: ReadonlyMap<number, readonly DeleteRange[]>,
): Uint8Array {
  const encoder = new Y.UpdateEncoderV1()
  writeVarUint(encoder.restEncoder, runs.length)
  for (const { clientId, clock, offset, structs } of runs) {
    writeVarUint(encoder.restEncoder, structs.length)
    encoder.writeClient(clientId)
    writeVarUint(encoder.restEncoder, clock)
    structs.forEach((struct, index) => struct.write(encoder, index === 0 ? offset : 0))
  }
  writeVarUint(encoder.restEncoder, deletes.size)
  for (const [clientId, ranges] of deletes) {
    encoder.resetDsCurVal()
    writeVarUint(encoder.restEncoder, clientId)
    writeVarUint(encoder.restEncoder, ranges.length)
    for (const { clock, length } of ranges) {
      encoder.writeDsClock(clock)
      encoder.writeDsLen(length)
    }
  }
  return encoder.toUint8Array()
}
