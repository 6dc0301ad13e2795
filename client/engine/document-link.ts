/**
 * One document's session with the server: a provider, and the truth about what the server has on
 * disk. Never trusts the provider's own count of unsynced changes: it only counts frames.
 */
import { HocuspocusProvider, type HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { parseCloseReason, type Refusal } from '../../shared/sync/refusal.ts'
import {
  serverMessageSchema,
  type ClientMessage,
  type ServerMessage,
} from '../../shared/sync/stateless-messages.ts'

export interface LinkEvents {
  /** The server's state has arrived. */
  onSynced: () => void
  /** The server has every struct of this clientID below this clock on disk. */
  onDurable: (clientId: number, clock: number) => void
  /** The server closed this document, or did not open it. */
  onRefused: (refusal: Refusal) => void
  onMessage: (message: ServerMessage) => void
  /** The socket went away; the provider comes back by itself. */
  onDisconnected: () => void
}

export interface DocumentLink {
  send: (message: ClientMessage) => void
  destroy: () => void
}

export interface LinkOptions {
  name: string
  document: Y.Doc
  socket: HocuspocusProviderWebsocket
  /** Only a person's own document has awareness: it is the socket's heartbeat. */
  awareness: Awareness | null
  events: LinkEvents
}

const SYNC_MESSAGES = [0, 4]
const SYNC_STEP_1 = 0

export function openDocumentLink(options: LinkOptions): DocumentLink {
  const { name, document, socket, awareness, events } = options
  let isOpen = true
  const refuse = (reason: string): void => {
    const refusal = parseCloseReason(reason)
    if (refusal !== undefined && isOpen) events.onRefused(refusal)
  }
  const provider = new HocuspocusProvider({
    name,
    document,
    websocketProvider: socket,
    sessionAwareness: true,
    token: '',
    awareness,
    onSynced: () => events.onSynced(),
    onClose: ({ event }) => refuse(event.reason),
    onDisconnect() {
      // A socket that is given up tells providers of no close: they would pass for signed in and in
      // step, and never say again that they are.
      provider.onClose()
      if (isOpen) events.onDisconnected()
    },
    onAuthenticationFailed: ({ reason }) => refuse(reason),
    onStateless: ({ payload }) => {
      const message = parseServerMessage(payload)
      if (message?.type === 'durable') events.onDurable(message.clientId, message.clock)
      else if (message !== undefined) events.onMessage(message)
    },
    onMessage: ({ event }) => {
      for (const [clientId, clock] of readServerState(event.data)) events.onDurable(clientId, clock)
    },
  })
  provider.attach()
  return {
    send: (message) => provider.sendStateless(JSON.stringify(message)),
    destroy() {
      isOpen = false
      provider.destroy()
    },
  }
}

function parseServerMessage(payload: string): ServerMessage | undefined {
  try {
    return serverMessageSchema.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined // a newer server's message that is no JSON: nothing that is known here
  }
}

/** The state vector in the server's SyncStep1; empty for every other frame. */
function readServerState(data: unknown): Map<number, number> {
  if (!(data instanceof ArrayBuffer) && !(data instanceof Uint8Array)) return new Map()
  const decoder = createDecoder(new Uint8Array(data))
  readVarString(decoder)
  if (!SYNC_MESSAGES.includes(readVarUint(decoder))) return new Map()
  if (readVarUint(decoder) !== SYNC_STEP_1) return new Map()
  return Y.decodeStateVector(readVarUint8Array(decoder))
}
