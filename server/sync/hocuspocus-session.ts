/**
 * `/sync`: many documents on one socket, as our own browsers and any Hocuspocus provider speak.
 * Passes on what Hocuspocus knows, and nothing else.
 */
import { MessageType, type Hocuspocus } from '@hocuspocus/server'
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import { parseDocumentName } from '../../shared/document/names.ts'
import { asksForCompression, compressFrames, type Compress } from './compress-frames.ts'
import type { OpenSocketSession } from './socket-session.ts'
import type { SyncContext, SyncSocket } from './sync-session.ts'

export interface HocuspocusSessionDeps {
  hocuspocus: Hocuspocus<SyncContext>
  compress: Compress
}

const POLICY_VIOLATION = 1008
/** Far above what any browser asks for on one socket; an address stays until it is closed. */
const MAX_OPENED = 10_000
/** What a newer or a broken client sends besides is dropped here: Hocuspocus would print each. */
const KNOWN_TYPES: ReadonlySet<unknown> = new Set(Object.values(MessageType))
const PROVIDER_SESSION = /^[A-Za-z0-9_-]{1,64}$/

export function createHocuspocusSession({
  hocuspocus,
  compress,
}: HocuspocusSessionDeps): OpenSocketSession {
  return ({ socket, bounded, request, address }) => {
    const sending = asksForCompression(address) ? compressFrames(bounded, compress) : bounded
    const client = hocuspocus.handleConnection(sending, request, { socket })
    return {
      receive(frame) {
        const head = readHead(frame)
        if (head === undefined) return { code: POLICY_VIOLATION, reason: 'invalid document name' }
        if (socket.opened.size > MAX_OPENED) {
          return { code: POLICY_VIOLATION, reason: 'too many documents' }
        }
        if (isExpected(socket, head)) client.handleMessage(frame)
        return undefined
      },
      closed: (event) => client.handleClose(event),
    }
  }
}

interface FrameHead {
  /** Name and, for providers that tell them apart, their own session. */
  address: string
  type: number
}

/** Hocuspocus keeps its state in plain objects by this name: `__proto__` must not get there. */
function readHead(frame: Uint8Array): FrameHead | undefined {
  try {
    const decoder = createDecoder(frame)
    const address = readVarString(decoder)
    const [name, providerSession, ...rest] = address.split('\0')
    if (name === undefined || rest.length > 0) return undefined
    if (providerSession !== undefined && !PROVIDER_SESSION.test(providerSession)) return undefined
    if (parseDocumentName(name) === undefined) return undefined
    return { address, type: readVarUint(decoder) }
  } catch {
    return undefined // not even a name and a type can be read
  }
}

/**
 * A refused provider still says goodbye when it is dropped. Hocuspocus would keep that for the
 * next provider of the document and close it at once.
 */
function isExpected({ opened }: SyncSocket, { address, type }: FrameHead): boolean {
  if (!KNOWN_TYPES.has(type)) return false
  if (type === MessageType.Auth) opened.add(address)
  return type !== MessageType.CLOSE || opened.delete(address)
}
