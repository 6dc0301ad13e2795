/**
 * `/yjs/<document name>`: the plain y-websocket protocol, one document a connection, for any Yjs
 * client. Each connection is one more of Hocuspocus's, with its frames translated: the same door,
 * guard and journal as `/sync`, the same document in memory, the same end of access (P7).
 */
import type { connectedPayload, Extension, Hocuspocus, WebSocketLike } from '@hocuspocus/server'
import type { WebSocket } from 'ws'
import { parseDocumentName } from '../../../shared/document/names.ts'
import { parseCloseReason } from '../../../shared/sync/refusal.ts'
import { socketCloseOf } from '../close-codes.ts'
import type { LetInSocket, OpenSocketSession, SocketClosing } from '../socket-session.ts'
import type { SyncContext, SyncSession, SyncSocket } from '../sync-session.ts'
import type { TokenBuckets } from '../token-bucket.ts'
import { createAwarenessRelay, type Participant } from './awareness-relay.ts'
import { encodeAwareness } from './awareness-update.ts'
import { PLAIN_YJS_PATH } from './plain-yjs-path.ts'
import {
  addressFrame,
  authenticationFrame,
  awarenessFrame,
  heartbeatFrame,
  readClientFrame,
  readServerFrame,
} from './plain-frames.ts'

export interface PlainYjsDeps {
  hocuspocus: () => Hocuspocus<SyncContext>
  ownerOf: (documentName: string, clientId: number) => string | undefined
  awarenessRate: TokenBuckets
}

export interface PlainYjs {
  extension: Extension<SyncContext>
  openSession: OpenSocketSession
  close: () => void
}

/** Such clients take a connection for dead on which they heard nothing for 30 seconds. */
const KEEP_ALIVE_MS = 20_000
/** What a client may say of itself before it was let in. */
const MAX_EARLY_FRAMES = 4

export function createPlainYjs(deps: PlainYjsDeps): PlainYjs {
  const { hocuspocus, ownerOf, awarenessRate } = deps
  const relay = createAwarenessRelay({ ownerOf, rate: awarenessRate })
  /** By socket: what happens once its document was opened. */
  const onConnected = new Map<SyncSocket, (session: SyncSession) => void>()
  const open = new Set<WebSocket>()
  const silence = awarenessFrame(encodeAwareness([]))
  const timer = setInterval(() => {
    for (const webSocket of open) {
      webSocket.ping()
      webSocket.send(silence)
    }
  }, KEEP_ALIVE_MS)
  timer.unref()

  function converse(letIn: LetInSocket, documentName: string): ReturnType<OpenSocketSession> {
    const { socket, webSocket, bounded, request, address } = letIn
    let participant: Participant | undefined
    let session: SyncSession | undefined
    const early: Uint8Array[] = []
    const client = hocuspocus().handleConnection(translating(letIn), request, { socket })

    function join(joined: SyncSession): void {
      session = joined
      participant = {
        documentName,
        userId: joined.identity.userId,
        send: (update) => bounded.send(awarenessFrame(update)),
      }
      relay.join(participant)
      for (const update of early.splice(0)) relay.receive(participant, update)
    }

    function hear(update: Uint8Array): void {
      if (session === undefined || participant === undefined) {
        if (early.length < MAX_EARLY_FRAMES) early.push(update.slice())
      } else if (session.endedWith === undefined) relay.receive(participant, update)
    }

    open.add(webSocket)
    onConnected.set(socket, join)
    webSocket.on('pong', () => client.handleMessage(heartbeatFrame(documentName)))
    client.handleMessage(authenticationFrame(documentName, address.searchParams.get('token') ?? ''))
    return {
      tooLarge: socketCloseOf({ code: 'update_too_large' }),
      receive(frame) {
        const said = readClientFrame(frame)
        switch (said?.kind) {
          case undefined:
            return socketCloseOf({ code: 'malformed_update' })
          case 'sync':
            client.handleMessage(addressFrame(documentName, frame))
            return undefined
          case 'awareness':
            hear(said.update)
            return undefined
          case 'query-awareness':
            if (participant !== undefined && awarenessRate.take(participant.userId)) {
              relay.answer(participant)
            }
            return undefined
          case 'other':
            return undefined // a newer client; there is nothing to answer
        }
      },
      closed(event) {
        open.delete(webSocket)
        onConnected.delete(socket)
        if (participant !== undefined) relay.leave(participant)
        client.handleClose(event)
      },
    }
  }

  return {
    extension: {
      extensionName: 'plain-yjs',
      connected({ context }: connectedPayload<SyncContext>) {
        const { session, socket } = context
        if (session?.endedWith === undefined && session !== undefined) {
          onConnected.get(socket)?.(session)
        }
        return Promise.resolve()
      },
    },
    openSession(letIn) {
      const documentName = documentNameAt(letIn.address.pathname)
      if (documentName !== undefined) return converse(letIn, documentName)
      // Refused after it was opened: of a refused request such clients are told nothing.
      const { code, reason } = socketCloseOf({ code: 'not_found' })
      letIn.webSocket.close(code, reason)
      return { receive: () => undefined, closed: () => undefined }
    },
    close() {
      clearInterval(timer)
      relay.close()
    },
  }
}

/** A conversation's document; people's own ones are for browsers alone. */
function documentNameAt(path: string): string | undefined {
  try {
    const name = decodeURIComponent(path.slice(PLAIN_YJS_PATH.length))
    return parseDocumentName(name)?.kind === 'conversation' ? name : undefined
  } catch {
    return undefined // not even an encoded name
  }
}

/** The socket as Hocuspocus is to see it. */
function translating({ webSocket, bounded }: LetInSocket): WebSocketLike {
  function end({ code, reason }: SocketClosing): void {
    webSocket.close(code, reason)
  }
  return {
    get readyState() {
      return webSocket.readyState
    },
    send(frame) {
      const said = readServerFrame(frame as Uint8Array) // Hocuspocus sends nothing else
      if (said.kind === 'sync') bounded.send(said.frame)
      else if (said.kind === 'refusal') {
        end(socketCloseOf(parseCloseReason(said.reason) ?? { code: 'internal' }))
      }
    },
    close: (code, reason) => end({ code: code ?? 1000, reason: reason ?? '' }),
  }
}
