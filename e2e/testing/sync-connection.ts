/** A stock provider over one WebSocket, which hears what the server acknowledges. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { parseCloseReason } from '../../shared/sync/refusal.ts'
import { serverMessageSchema } from '../../shared/sync/stateless-messages.ts'

export interface SyncConnection {
  document: Y.Doc
  /** Resolves when all that the server has is here, and all that is here is on the server. */
  synced: Promise<void>
  /** How often the document's changes were sent and not confirmed as applied. */
  unconfirmed: () => number
  /** Rejects with the reason when the server refuses the document or an update; never resolves. */
  refused: Promise<never>
  /** Resolves when the connection has ended and all that had arrived by then was heard. */
  closed: Promise<void>
  /** Forgets document and connection, so that nobody can offer its changes again. */
  destroy: () => void
}

export interface SyncConnectionOptions {
  url: string
  cookie: string
  documentName: string
  /** Work that was done before connecting. */
  document?: Y.Doc
  /** Everything of the document's own clientID below `clock` is on disk. */
  onDurable?: (clock: number) => void
  onConfirmed?: () => void
}

export function openSyncConnection(options: SyncConnectionOptions): SyncConnection {
  const { url, cookie, documentName, document = new Y.Doc() } = options
  const synced = Promise.withResolvers<void>()
  const refused = Promise.withResolvers<never>()
  const closed = Promise.withResolvers<void>()
  class PersonalWebSocket extends WebSocket {
    constructor(address: string) {
      super(address, { headers: { cookie, origin: url } })
      this.on('close', () => closed.resolve())
      // A killed server ends connections in every way; each is followed by a close.
      this.on('error', () => undefined)
    }
  }
  const socket = new HocuspocusProviderWebsocket({
    url: `${url.replace('http', 'ws')}/sync`,
    WebSocketPolyfill: PersonalWebSocket,
  })
  const provider = new HocuspocusProvider({
    name: documentName,
    document,
    websocketProvider: socket,
    token: '',
    sessionAwareness: true,
    awareness: null,
    onUnsyncedChanges({ number }) {
      options.onConfirmed?.()
      if (number === 0 && provider.isSynced) synced.resolve()
    },
    onStateless({ payload }) {
      const message = serverMessageSchema.parse(JSON.parse(payload))
      if (message.type === 'durable' && message.clientId === document.clientID) {
        options.onDurable?.(message.clock)
      }
    },
    onClose({ event: { reason } }) {
      synced.reject(new Error(`Closed before it synced: ${reason}`))
      if (parseCloseReason(reason) !== undefined) refused.reject(new Error(`Refused: ${reason}`))
    },
    onAuthenticationFailed: ({ reason }) => refused.reject(new Error(`Refused: ${reason}`)),
  })
  provider.attach()
  // Not everybody waits for these.
  for (const { promise } of [synced, refused]) promise.catch(() => undefined)
  return {
    document,
    synced: synced.promise,
    refused: refused.promise,
    unconfirmed: () => provider.unsyncedChanges,
    closed: closed.promise,
    destroy() {
      provider.destroy()
      socket.destroy()
      document.destroy()
    },
  }
}
