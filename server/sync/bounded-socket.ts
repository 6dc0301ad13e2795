/** A socket whose reader may fall behind only so far: what waits for them is in memory. */
import type { WebSocketLike } from '@hocuspocus/server'
import type { WebSocket } from 'ws'

export interface BoundedSocket extends WebSocketLike {
  /** Takes note of bytes that wait elsewhere to be sent (or, below zero, no longer do). */
  noteWaiting: (bytes: number) => void
}

/** Ends the socket, instead of sending, while more than this waits to be sent. */
export function boundSocket(webSocket: WebSocket, maxBufferedBytes: number): BoundedSocket {
  let waitingBytes = 0
  const isTooMuch = (): boolean => webSocket.bufferedAmount + waitingBytes > maxBufferedBytes
  return {
    get readyState() {
      return webSocket.readyState
    },
    send(data) {
      if (isTooMuch()) webSocket.terminate()
      else webSocket.send(data as Uint8Array) // Hocuspocus sends nothing else
    },
    close: (code, reason) => webSocket.close(code, reason),
    noteWaiting(bytes) {
      waitingBytes += bytes
      if (isTooMuch()) webSocket.terminate()
    },
  }
}
