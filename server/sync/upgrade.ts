/**
 * The WebSocket itself: who may open one, how many, how large and how many its frames may be.
 * Nothing that arrives here may end the process, and no address is logged: it may hold a token.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer, type RawData } from 'ws'
import { boundSocket } from './bounded-socket.ts'
import type { ActorOrigin } from '../../shared/guard/actor.ts'
import type { OpenSocketSession, SocketClosing } from './socket-session.ts'
import type { SyncSocket } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface UpgradeDeps {
  /** What is spoken at a path; undefined where there is no WebSocket. */
  sessionAt: (path: string) => OpenSocketSession | undefined
  publicUrl: string
  maxFrameBytes: number
  maxBufferedBytes: number
  connectionsPerAddress: number
  /** Per socket: how many frames it may send. */
  frameRate: TokenBuckets
  /** What limits count by: an address, or the network that it belongs to. */
  networkOf: (request: IncomingMessage) => string
  originOf: (request: IncomingMessage) => ActorOrigin
  onUnexpected: (error: unknown) => void
}

interface Accepted {
  request: Request
  networkAddress: string
  origin: ActorOrigin
  address: URL
  openSession: OpenSocketSession
}

export interface SyncUpgrade {
  handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Takes no more sockets and closes all; those that do not answer in time are ended. */
  close: (timeoutMs: number) => Promise<void>
  sockets: () => ReadonlySet<SyncSocket>
}

/** Policy violation, and going away, after RFC 6455. */
const CLOSE = { policy: 1008, serviceRestart: 1012, unsupported: 1003, tooLarge: 1009 }
/** How long whoever sent too large a frame may take to read that it was. */
const LAST_WORD_MS = 2_000

export function createSyncUpgrade(deps: UpgradeDeps): SyncUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: deps.maxFrameBytes,
    // It would let clients send what unpacks to a thousand times its size.
    perMessageDeflate: false,
  })
  const connectionsByAddress = new Map<string, number>()
  const open = new Map<SyncSocket, WebSocket>()
  let isClosing = false
  let onAllClosed = (): void => undefined

  function accept(webSocket: WebSocket, accepted: Accepted): void {
    const { networkAddress, origin, openSession, request, address } = accepted
    connectionsByAddress.set(networkAddress, (connectionsByAddress.get(networkAddress) ?? 0) + 1)
    const socket: SyncSocket = {
      id: randomUUID(),
      path: address.pathname,
      origin,
      sessions: new Set(),
      opened: new Set(),
    }
    open.set(socket, webSocket)
    const bounded = boundSocket(webSocket, deps.maxBufferedBytes)
    const session = openSession({ socket, webSocket, bounded, request, address })
    if (session.tooLarge !== undefined) explainTooLarge(webSocket, session.tooLarge)
    webSocket.on('message', (data, isBinary) => {
      // Frames that were under way when the socket was closed find nothing to belong to.
      if (webSocket.readyState !== WebSocket.OPEN) return
      const closing = receive(toBytes(data), isBinary)
      if (closing !== undefined) webSocket.close(closing.code, closing.reason)
    })
    webSocket.on('close', (code, reason) => {
      open.delete(socket)
      const left = (connectionsByAddress.get(networkAddress) ?? 1) - 1
      if (left > 0) connectionsByAddress.set(networkAddress, left)
      else connectionsByAddress.delete(networkAddress)
      session.closed({ code, reason: reason.toString() })
      if (open.size === 0) onAllClosed()
    })
    // A broken frame is followed by 'close'; without a listener it would end the process.
    webSocket.on('error', (error) => {
      if (!isTooLarge(error)) webSocket.terminate()
      // Ended at once, a client that still sends would not read why.
      else setTimeout(() => webSocket.terminate(), LAST_WORD_MS).unref()
    })

    function receive(frame: Uint8Array, isBinary: boolean): SocketClosing | undefined {
      if (!isBinary) return { code: CLOSE.unsupported, reason: 'binary frames only' }
      if (!deps.frameRate.take(socket.id)) return { code: CLOSE.policy, reason: 'too many frames' }
      return session.receive(frame)
    }
  }

  return {
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const refuse = (status: string): unknown =>
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      if (isClosing) return void refuse('503 Service Unavailable')
      try {
        const address = addressOfRequest(request, deps.publicUrl)
        const openSession = address && deps.sessionAt(address.pathname)
        if (address === undefined || openSession === undefined) return void refuse('404 Not Found')
        const status = refusalStatus(request, deps, connectionsByAddress)
        if (status !== undefined) return void refuse(status)
        const accepted = {
          request: toRequest(request, deps.publicUrl),
          networkAddress: deps.networkOf(request),
          origin: deps.originOf(request),
          address,
          openSession,
        }
        server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, accepted))
      } catch (error) {
        deps.onUnexpected(error)
        socket.destroy()
      }
    },
    async close(timeoutMs) {
      isClosing = true
      if (open.size === 0) return
      await new Promise<void>((resolve) => {
        onAllClosed = resolve
        for (const webSocket of open.values()) {
          webSocket.close(CLOSE.serviceRestart, 'shutting_down')
        }
        setTimeout(() => {
          for (const webSocket of open.values()) webSocket.terminate()
          resolve()
        }, timeoutMs).unref()
      })
    },
    sockets: () => new Set(open.keys()),
  }
}

/** `ws` closes by itself, with a code and no reason: after it a client would send the same again. */
function explainTooLarge(webSocket: WebSocket, { code: why, reason: words }: SocketClosing): void {
  const close = webSocket.close.bind(webSocket)
  webSocket.close = (code, reason) =>
    code === CLOSE.tooLarge ? close(why, words) : close(code, reason)
}

function isTooLarge(error: Error): boolean {
  return 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
}

function addressOfRequest({ url = '' }: IncomingMessage, publicUrl: string): URL | undefined {
  // As a path, whatever it looks like: `//host` would name a host of its own.
  const base = new URL('/', publicUrl).href
  return url.startsWith('/') && URL.canParse(`.${url}`, base) ? new URL(`.${url}`, base) : undefined
}

function refusalStatus(
  request: IncomingMessage,
  { publicUrl, connectionsPerAddress, networkOf }: UpgradeDeps,
  connectionsByAddress: ReadonlyMap<string, number>,
): string | undefined {
  if (!isSameOrigin(request, publicUrl)) return '403 Forbidden'
  const count = connectionsByAddress.get(networkOf(request)) ?? 0
  return count >= connectionsPerAddress ? '429 Too Many Requests' : undefined
}

/**
 * Browsers always send an Origin; a foreign page must not use the visitor's cookie. Programs send
 * none: their cookie is then ignored as well, so that they have to bring a token.
 */
function isSameOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === host || origin === new URL(publicUrl).origin
}

function toRequest({ headers }: IncomingMessage, publicUrl: string): Request {
  const copied = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || (name === 'cookie' && headers.origin === undefined)) continue
    copied.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return new Request(new URL('/sync', publicUrl), { headers: copied })
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  return new Uint8Array(data)
}
