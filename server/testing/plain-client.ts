/** The y-websocket package's own provider as a client of `/yjs`; for tests. */
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { parseCloseReason, type Refusal } from '../../shared/sync/refusal.ts'
import type { TestPerson, TestServer } from './running-server.ts'

export interface PlainClient {
  document: Y.Doc
  provider: WebsocketProvider
  /** Resolves when the server's state has arrived. */
  synced: Promise<void>
  /** Resolves with what the server closed the connection with. */
  closed: Promise<{ code: number; refusal: Refusal | undefined }>
}

export interface PlainClientOptions {
  document?: Y.Doc
  /** In the address, as a client sends it that cannot set headers. */
  token?: string
  headers?: Record<string, string>
}

/** Opens a document; with the person's cookie when neither a token nor headers are given. */
export function openPlainClient(
  server: Pick<TestServer, 'url'>,
  documentName: string,
  person: Pick<TestPerson, 'cookie'>,
  options: PlainClientOptions = {},
): PlainClient {
  const cookies = { cookie: person.cookie, origin: server.url }
  const headers = options.headers ?? (options.token === undefined ? cookies : {})
  class PersonalWebSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers })
    }
  }
  const { document = new Y.Doc(), token } = options
  const synced = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<{ code: number; refusal: Refusal | undefined }>()
  const provider = new WebsocketProvider(
    `${server.url.replace('http', 'ws')}/yjs`,
    documentName,
    document,
    {
      WebSocketPolyfill: PersonalWebSocket as unknown as typeof globalThis.WebSocket, // the same to a provider
      disableBc: true,
      maxBackoffTime: 200,
      ...(token === undefined ? {} : { params: { token } }),
    },
  )
  provider.on('sync', (isSynced: boolean) => {
    if (isSynced) synced.resolve()
  })
  provider.on('connection-close', (event) => {
    if (event === null) return
    closed.resolve({ code: event.code, refusal: parseCloseReason(event.reason) })
  })
  return { document, provider, synced: synced.promise, closed: closed.promise }
}

/** A personal access token of somebody. */
export async function makeToken(person: TestPerson): Promise<string> {
  const response = await person.request('POST', '/api/tokens', { name: 'bot' })
  return createTokenResponseSchema.parse(await response.json()).token
}
