/** A stock Hocuspocus provider of one person, as any Yjs client would use it; for tests. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { parseCloseReason, type Refusal } from '../../shared/sync/refusal.ts'
import { serverMessageSchema, type ServerMessage } from '../../shared/sync/stateless-messages.ts'
import type { TestPerson, TestServer } from './running-server.ts'

export interface SyncClient {
  socket: HocuspocusProviderWebsocket
  open: (documentName: string, document?: Y.Doc) => OpenDocument
  close: () => void
}

export interface OpenDocument {
  document: Y.Doc
  provider: HocuspocusProvider
  messages: ServerMessage[]
  /** Resolves when the server's state has arrived. */
  synced: Promise<void>
  /** Resolves with the reason for which the server closed or refused this document. */
  refused: Promise<Refusal>
  /** Resolves when everything that this document wrote is on the server's disk. */
  durable: () => Promise<void>
}

export function connect(
  server: TestServer,
  person: TestPerson,
  options: { token?: string; sessionAwareness?: boolean } = {},
): SyncClient {
  class PersonalWebSocket extends WebSocket {
    constructor(url: string) {
      const headers = { cookie: person.cookie, origin: server.url }
      super(url, options.token === undefined ? { headers } : {})
    }
  }
  const socket = new HocuspocusProviderWebsocket({
    url: `${server.url.replace('http', 'ws')}/sync`,
    WebSocketPolyfill: PersonalWebSocket,
  })

  function open(documentName: string, document = new Y.Doc()): OpenDocument {
    const messages: ServerMessage[] = []
    const waiting: { condition: () => boolean; resolve: () => void }[] = []
    const wake = (): void => {
      for (const each of waiting.filter(({ condition }) => condition())) each.resolve()
    }
    const refusal = Promise.withResolvers<Refusal>()
    const synced = Promise.withResolvers<void>()
    const provider = new HocuspocusProvider({
      name: documentName,
      document,
      websocketProvider: socket,
      token: options.token ?? '',
      sessionAwareness: options.sessionAwareness ?? true,
      awareness: null,
      onSynced: () => synced.resolve(),
      onClose: ({ event }) => {
        const parsed = parseCloseReason(event.reason)
        if (parsed !== undefined) refusal.resolve(parsed)
      },
      onAuthenticationFailed: ({ reason }) => {
        const parsed = parseCloseReason(reason)
        if (parsed !== undefined) refusal.resolve(parsed)
      },
      onStateless: ({ payload }) => {
        messages.push(serverMessageSchema.parse(JSON.parse(payload)))
        wake()
      },
    })
    provider.attach()
    const durableClock = (): number =>
      messages
        .filter((message) => message.type === 'durable')
        .filter(({ clientId }) => clientId === document.clientID)
        .reduce((highest, { clock }) => Math.max(highest, clock), 0)
    return {
      document,
      provider,
      messages,
      synced: synced.promise,
      refused: refusal.promise,
      durable: () =>
        new Promise((resolve) => {
          const clock = Y.getState(document.store, document.clientID)
          waiting.push({ condition: () => durableClock() >= clock, resolve })
          wake()
        }),
    }
  }

  return { socket, open, close: () => socket.destroy() }
}

/** Waits until a document shows what a test expects, without looking at a clock. */
export function until(document: Y.Doc, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!condition()) return
      document.off('update', check)
      resolve()
    }
    document.on('update', check)
    check()
  })
}
