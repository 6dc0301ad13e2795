/** The one WebSocket of this browser, over which all documents sync, and how it comes back. */
import { HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { inflateFrames, withCompression, type WebSocketConstructor } from './inflate-frames.ts'

export interface SyncSocketOptions {
  /** `ws:` or `wss:` address of `/sync`. */
  url: string
  onConnected: () => void
  onConnecting: () => void
  onDisconnected: () => void
  /** Only tests bring their own: browsers have one. */
  webSocket?: unknown
}

export interface SyncSocket {
  socket: HocuspocusProviderWebsocket
  /** Tries now rather than after the delay. */
  connect: () => void
  /** Gives the connection up and makes a new one, with the cookies of now. */
  renew: () => void
  close: () => void
}

const MIN_DELAY_MS = 500
/** All browsers of a server that restarts come back within this time, not at once. */
const SPREAD_MS = 2_000
const MAX_DELAY_MS = 15_000
/** A network that swallows everything lets an attempt hang for many minutes. */
const ANSWER_LIMIT_MS = 20_000

export function openSyncSocket(options: SyncSocketOptions): SyncSocket {
  // Whole milliseconds: the provider never connects with anything else.
  const randomDelay = (): number => MIN_DELAY_MS + Math.floor(Math.random() * SPREAD_MS)
  let isConnected = false
  let answerTimer: ReturnType<typeof setTimeout> | undefined
  const socket = new HocuspocusProviderWebsocket({
    url: withCompression(options.url),
    // Called with `new`, which gives what it returns.
    WebSocketPolyfill: function openWebSocket(url: string) {
      const WebSocketClass = (options.webSocket ?? globalThis.WebSocket) as WebSocketConstructor // a test's own is one, too
      return inflateFrames(new WebSocketClass(url))
    },
    delay: randomDelay(),
    minDelay: MIN_DELAY_MS,
    maxDelay: MAX_DELAY_MS,
    onStatus({ status }) {
      if (status === 'connecting') {
        clearTimeout(answerTimer)
        answerTimer = setTimeout(giveUp, ANSWER_LIMIT_MS)
        options.onConnecting()
      }
      if (status === 'connected' && !isConnected) options.onConnected()
      else if (status === 'disconnected') {
        clearTimeout(answerTimer)
        socket.setConfiguration({ delay: randomDelay() })
        options.onDisconnected()
      }
      isConnected = status === 'connected'
    },
    // The provider itself watches for silence only once something has arrived.
    onMessage: () => clearTimeout(answerTimer),
  })

  function giveUp(): void {
    socket.onClose({ event: { code: 4408, reason: 'forced' } })
  }
  /** A network that went away leaves the connection open until it times out; nothing waits here. */
  function drop(): void {
    if (isConnected) giveUp()
  }
  function connect(): void {
    if (!isConnected) void socket.connect()
  }
  function connectWhenVisible(): void {
    if (globalThis.document?.visibilityState === 'visible') connect()
  }
  globalThis.addEventListener?.('offline', drop)
  globalThis.addEventListener?.('online', connect)
  globalThis.document?.addEventListener('visibilitychange', connectWhenVisible)

  return {
    socket,
    connect,
    renew() {
      drop()
      connect()
    },
    close() {
      clearTimeout(answerTimer)
      globalThis.removeEventListener?.('offline', drop)
      globalThis.removeEventListener?.('online', connect)
      globalThis.document?.removeEventListener('visibilitychange', connectWhenVisible)
      socket.destroy()
    },
  }
}
