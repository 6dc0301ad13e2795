/** What is spoken on a WebSocket that was let in: `/sync` and `/yjs` differ in nothing else. */
import type { WebSocket } from 'ws'
import type { BoundedSocket } from './bounded-socket.ts'
import type { SyncSocket } from './sync-session.ts'

export interface LetInSocket {
  socket: SyncSocket
  webSocket: WebSocket
  bounded: BoundedSocket
  /** Its headers say who asks; its address says nothing. */
  request: Request
  /** The address as it was asked for; it may hold a token and must not be logged. */
  address: URL
}

export interface SocketClosing {
  code: number
  reason: string
}

export interface SocketSession {
  /** Takes a frame; answers with what to close the socket, if it must be closed. */
  receive: (frame: Uint8Array) => SocketClosing | undefined
  /** What to close the socket with for a frame that is too large, of which nothing is received. */
  tooLarge?: SocketClosing
  closed: (event: SocketClosing) => void
}

export type OpenSocketSession = (letIn: LetInSocket) => SocketSession
