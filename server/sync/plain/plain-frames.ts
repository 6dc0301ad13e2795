/**
 * The frames of the y-websocket protocol: those of Hocuspocus without the document's name in front,
 * and fewer kinds of them.
 */
import { MessageType } from '@hocuspocus/server'
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import {
  createEncoder,
  toUint8Array,
  writeUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { messageYjsSyncStep1, messageYjsUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'

/** The kinds of authentication frames, after Hocuspocus. */
const TOKEN = 0
const PERMISSION_DENIED = 1

/** What a client says; `other` is a kind that this server does not know. */
export type ClientFrame =
  | { kind: 'sync' }
  | { kind: 'awareness'; update: Uint8Array }
  | { kind: 'query-awareness' }
  | { kind: 'other' }

/** Undefined for a frame that cannot be read. */
export function readClientFrame(frame: Uint8Array): ClientFrame | undefined {
  try {
    const decoder = createDecoder(frame)
    switch (readVarUint(decoder)) {
      case MessageType.Sync: {
        const type = readVarUint(decoder)
        const payload = readVarUint8Array(decoder)
        if (type === messageYjsSyncStep1) Y.decodeStateVector(payload)
        return type <= messageYjsUpdate ? { kind: 'sync' } : undefined
      }
      case MessageType.Awareness:
        return { kind: 'awareness', update: readVarUint8Array(decoder) }
      case MessageType.QueryAwareness:
        return { kind: 'query-awareness' }
      default:
        return { kind: 'other' }
    }
  } catch {
    return undefined // broken or hostile; the connection is closed for it
  }
}

/** Puts the document's name in front, as Hocuspocus expects it. */
export function addressFrame(documentName: string, frame: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, documentName)
  writeUint8Array(encoder, frame)
  return toUint8Array(encoder)
}

/** What a Hocuspocus provider would send first; an empty token leaves it to the headers. */
export function authenticationFrame(documentName: string, token: string): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, documentName)
  writeVarUint(encoder, MessageType.Auth)
  writeVarUint(encoder, TOKEN)
  writeVarString(encoder, token)
  return toUint8Array(encoder)
}

/** A sign of life that Hocuspocus takes note of and does not answer. */
export function heartbeatFrame(documentName: string): Uint8Array {
  return addressFrame(documentName, Uint8Array.of(MessageType.QueryAwareness))
}

export function awarenessFrame(update: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, MessageType.Awareness)
  writeVarUint8Array(encoder, update)
  return toUint8Array(encoder)
}

/** What Hocuspocus says, as far as a plain client is concerned. */
export type ServerFrame =
  | { kind: 'sync'; frame: Uint8Array }
  | { kind: 'refusal'; reason: string }
  | { kind: 'other' }

export function readServerFrame(frame: Uint8Array): ServerFrame {
  const decoder = createDecoder(frame)
  readVarString(decoder)
  const body = decoder.pos
  switch (readVarUint(decoder)) {
    case MessageType.Sync:
      return { kind: 'sync', frame: frame.subarray(body) }
    case MessageType.Auth:
      return readVarUint(decoder) === PERMISSION_DENIED
        ? { kind: 'refusal', reason: readVarString(decoder) }
        : { kind: 'other' }
    case MessageType.CLOSE:
      return { kind: 'refusal', reason: readVarString(decoder) }
    default:
      return { kind: 'other' }
  }
}
