/**
 * One document's session with the server: a provider, and the truth about what the server has on
 * disk. Never trusts the provider's own count of unsynced changes: it only counts frames.
 */
import { HocuspocusProvider, type HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import type { Awareness } from 'y-protocols/awareness'
import { messageYjsSyncStep1, messageYjsUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'
import { parseCloseReason, type Refusal } from '../../shared/sync/refusal.ts'
import {
  serverMessageSchema,
  type ClientMessage,
  type ServerMessage,
} from '../../shared/sync/stateless-messages.ts'
import { applyReceived, onDocumentUpdate } from './document-updates.ts'

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
  })
  // Encoded for the provider alone, each of the server's own updates would be.
  document.off('update', provider.boundDocumentUpdateHandler)
  const stopListening = onDocumentUpdate(document, provider.boundDocumentUpdateHandler)
  const hear = provider.onMessage.bind(provider)
  /** A fault of an update, or of what follows the document, must not end the connection. */
  function applyUpdate(update: Uint8Array): void {
    try {
      applyReceived(document, update, provider)
    } catch (error) {
      globalThis.reportError?.(error)
    }
  }
  provider.onMessage = (event) => {
    const sync = readSyncFrame(event.data)
    if (sync?.type === messageYjsSyncStep1) {
      for (const [clientId, clock] of Y.decodeStateVector(sync.content)) {
        events.onDurable(clientId, clock)
      }
    }
    if (sync?.type !== messageYjsUpdate) hear(event)
    else applyUpdate(sync.content)
  }
  provider.attach()
  return {
    send: (message) => provider.sendStateless(JSON.stringify(message)),
    destroy() {
      isOpen = false
      provider.destroy()
      stopListening()
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

interface SyncFrame {
  /** Step 1 holds a state vector, the others an update. */
  type: number
  content: Uint8Array
}

function readSyncFrame(data: unknown): SyncFrame | undefined {
  if (!(data instanceof ArrayBuffer) && !(data instanceof Uint8Array)) return undefined
  const decoder = createDecoder(new Uint8Array(data))
  readVarString(decoder)
  if (!SYNC_MESSAGES.includes(readVarUint(decoder))) return undefined
  return { type: readVarUint(decoder), content: readVarUint8Array(decoder) }
}
