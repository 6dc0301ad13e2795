/**
 * The WebSocket itself: who may open one, how many, how large and how many its frames may be.
 * Nothing that arrives here may end the process.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { MessageType, type Hocuspocus } from '@hocuspocus/server'
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import { WebSocket, WebSocketServer, type RawData } from 'ws'
import { parseDocumentName } from '../../shared/document/names.ts'
import { boundSocket } from './bounded-socket.ts'
import { asksForCompression, compressFrames, type Compress } from './compress-frames.ts'
import type { SyncContext, SyncSocket } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface UpgradeDeps {
  hocuspocus: Hocuspocus<SyncContext>
  publicUrl: string
  maxFrameBytes: number
  maxBufferedBytes: number
  connectionsPerAddress: number
  /** Per socket: how many frames it may send. */
  frameRate: TokenBuckets
  compress: Compress
  addressOf: (request: IncomingMessage) => string
  onUnexpected: (error: unknown) => void
}

interface Accepted {
  request: Request
  address: string
  /** The client can unpack what is compressed. */
  isCompressed: boolean
}

export interface SyncUpgrade {
  handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Takes no more sockets and closes all; those that do not answer in time are ended. */
  close: (timeoutMs: number) => Promise<void>
  sockets: () => ReadonlySet<SyncSocket>
}

/** Policy violation, message too big, and going away, after RFC 6455. */
const CLOSE = { policy: 1008, serviceRestart: 1012, unsupported: 1003 }
/** Far above what any browser asks for on one socket; an address stays until it is closed. */
const MAX_OPENED = 10_000
/** What a newer or a broken client sends besides is dropped here: Hocuspocus would print each. */
const KNOWN_TYPES: ReadonlySet<unknown> = new Set(Object.values(MessageType))
const PROVIDER_SESSION = /^[A-Za-z0-9_-]{1,64}$/

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

  function accept(webSocket: WebSocket, { request, address, isCompressed }: Accepted): void {
    connectionsByAddress.set(address, (connectionsByAddress.get(address) ?? 0) + 1)
    const socket: SyncSocket = { id: randomUUID(), sessions: new Set(), opened: new Set() }
    open.set(socket, webSocket)
    const bounded = boundSocket(webSocket, deps.maxBufferedBytes)
    const client = deps.hocuspocus.handleConnection(
      isCompressed ? compressFrames(bounded, deps.compress) : bounded,
      request,
      { socket },
    )
    webSocket.on('message', (data, isBinary) => {
      // Frames that were under way when the socket was closed find nothing to belong to.
      if (webSocket.readyState !== WebSocket.OPEN) return
      const frame = toBytes(data)
      const head = readHead(frame)
      if (!isBinary) webSocket.close(CLOSE.unsupported, 'binary frames only')
      else if (head === undefined) webSocket.close(CLOSE.policy, 'invalid document name')
      else if (!deps.frameRate.take(socket.id) || socket.opened.size > MAX_OPENED)
        webSocket.close(CLOSE.policy, 'too many frames')
      else if (isExpected(socket, head)) client.handleMessage(frame)
    })
    webSocket.on('close', (code, reason) => {
      open.delete(socket)
      const left = (connectionsByAddress.get(address) ?? 1) - 1
      if (left > 0) connectionsByAddress.set(address, left)
      else connectionsByAddress.delete(address)
      client.handleClose({ code, reason: reason.toString() })
      if (open.size === 0) onAllClosed()
    })
    // A broken frame is followed by 'close'; without a listener it would end the process.
    webSocket.on('error', () => webSocket.terminate())
  }

  return {
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const refuse = (status: string): unknown =>
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      if (isClosing) return void refuse('503 Service Unavailable')
      try {
        const status = refusalStatus(request, deps, connectionsByAddress)
        if (status !== undefined) return void refuse(status)
        const accepted = {
          request: toRequest(request, deps.publicUrl),
          address: deps.addressOf(request),
          isCompressed: asksForCompression(request.url),
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

function refusalStatus(
  request: IncomingMessage,
  { publicUrl, connectionsPerAddress, addressOf }: UpgradeDeps,
  connectionsByAddress: ReadonlyMap<string, number>,
): string | undefined {
  if (!isSameOrigin(request, publicUrl)) return '403 Forbidden'
  const count = connectionsByAddress.get(addressOf(request)) ?? 0
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

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  return new Uint8Array(data)
}
