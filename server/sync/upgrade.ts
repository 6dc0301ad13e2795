/**
 * The WebSocket itself: who may open one, how many, how large and how many its frames may be.
 * Nothing that arrives here may end the process.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Hocuspocus } from '@hocuspocus/server'
import { createDecoder, readVarString } from 'lib0/decoding'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { parseDocumentName } from '../../shared/document/names.ts'
import type { SyncContext, SyncSocket } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface UpgradeDeps {
  hocuspocus: Hocuspocus<SyncContext>
  publicUrl: string
  maxFrameBytes: number
  connectionsPerAddress: number
  /** Per socket: how many frames it may send. */
  frameRate: TokenBuckets
  addressOf: (request: IncomingMessage) => string
}

export interface SyncUpgrade {
  handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Closes every socket; those that do not answer are ended. */
  close: () => void
  sockets: () => ReadonlySet<SyncSocket>
}

/** Policy violation, message too big, and going away, after RFC 6455. */
const CLOSE = { policy: 1008, serviceRestart: 1012, unsupported: 1003 }
const PROVIDER_SESSION = /^[A-Za-z0-9_-]{1,64}$/

export function createSyncUpgrade(deps: UpgradeDeps): SyncUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: deps.maxFrameBytes,
    perMessageDeflate: false,
  })
  const connectionsByAddress = new Map<string, number>()
  const open = new Map<SyncSocket, WebSocket>()

  function accept(webSocket: WebSocket, request: IncomingMessage): void {
    const address = deps.addressOf(request)
    connectionsByAddress.set(address, (connectionsByAddress.get(address) ?? 0) + 1)
    const socket: SyncSocket = { id: randomUUID(), sessions: new Set() }
    open.set(socket, webSocket)
    const client = deps.hocuspocus.handleConnection(webSocket, toRequest(request, deps.publicUrl), {
      socket,
    })
    webSocket.on('message', (data, isBinary) => {
      const frame = toBytes(data)
      if (!isBinary) webSocket.close(CLOSE.unsupported, 'binary frames only')
      else if (!isAddressed(frame)) webSocket.close(CLOSE.policy, 'invalid document name')
      else if (!deps.frameRate.take(socket.id)) webSocket.close(CLOSE.policy, 'too many frames')
      else client.handleMessage(frame)
    })
    webSocket.on('close', (code, reason) => {
      open.delete(socket)
      const left = (connectionsByAddress.get(address) ?? 1) - 1
      if (left > 0) connectionsByAddress.set(address, left)
      else connectionsByAddress.delete(address)
      client.handleClose({ code, reason: reason.toString() })
    })
    // A broken frame is followed by 'close'; without a listener it would end the process.
    webSocket.on('error', () => webSocket.terminate())
  }

  return {
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const status = refusalStatus(request, deps, connectionsByAddress)
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      server.handleUpgrade(request, socket, head, accept)
    },
    close() {
      for (const webSocket of open.values()) {
        webSocket.close(CLOSE.serviceRestart, 'shutting_down')
      }
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

/** Hocuspocus keeps its state in plain objects by this name: `__proto__` must not get there. */
function isAddressed(frame: Uint8Array): boolean {
  try {
    const [name, providerSession, ...rest] = readVarString(createDecoder(frame)).split('\0')
    if (name === undefined || rest.length > 0) return false
    if (providerSession !== undefined && !PROVIDER_SESSION.test(providerSession)) return false
    return parseDocumentName(name) !== undefined
  } catch {
    return false // not even a name can be read
  }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  return data instanceof ArrayBuffer ? new Uint8Array(data) : Uint8Array.from(data)
}
