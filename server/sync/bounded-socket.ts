/** A socket whose reader may fall behind only so far: what waits for them is in memory. */
import type { WebSocketLike } from '@hocuspocus/server'
import type { WebSocket } from 'ws'

/** Ends the socket, instead of sending, while more than this waits to be sent. */
export function boundSocket(webSocket: WebSocket, maxBufferedBytes: number): WebSocketLike {
  return {
    get readyState() {
      return webSocket.readyState
    },
    send(data) {
      if (webSocket.bufferedAmount > maxBufferedBytes) webSocket.terminate()
      else webSocket.send(data as Uint8Array) // Hocuspocus sends nothing else
    },
    close: (code, reason) => webSocket.close(code, reason),
  }
}
