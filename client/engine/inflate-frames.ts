/**
 * Unpacks the large frames that the server sends compressed. Frames stay in order; while none is being
 * unpacked, each is passed on at once.
 */
import { COMPRESSION, compressedPartOf } from '../../shared/sync/compressed-frames.ts'

type Listener = (event: { data?: unknown }) => void

/** As much of a WebSocket as is needed to hear through it. */
interface ListenedSocket {
  addEventListener: (type: string, listener: Listener) => void
  removeEventListener: (type: string, listener: Listener) => void
  close: () => void
}

/** What makes such a socket. */
export type WebSocketConstructor = new (url: string) => ListenedSocket

/** The address of `/sync` that asks for compressed frames; old browsers cannot unpack any. */
export function withCompression(syncUrl: string): string {
  if (!('DecompressionStream' in globalThis)) return syncUrl
  const url = new URL(syncUrl)
  url.searchParams.set(COMPRESSION.parameter, COMPRESSION.value)
  return url.href
}

/** Lets those who listen to a socket hear frames as they were before they were compressed. */
export function inflateFrames(socket: ListenedSocket): ListenedSocket {
  const inflating = new Map<Listener, InflatingListener>()
  const add = socket.addEventListener.bind(socket)
  const remove = socket.removeEventListener.bind(socket)
  socket.addEventListener = (type, listener) => {
    if (type !== 'message') return add(type, listener)
    const made = createInflatingListener(listener, () => socket.close())
    inflating.set(listener, made)
    add(type, made.hear)
  }
  socket.removeEventListener = (type, listener) => {
    const made = type === 'message' ? inflating.get(listener) : undefined
    made?.stop()
    inflating.delete(listener)
    remove(type, made?.hear ?? listener)
  }
  return socket
}

interface InflatingListener {
  hear: Listener
  /** What is being unpacked is not passed on any more. */
  stop: () => void
}

function createInflatingListener(listener: Listener, onBroken: () => void): InflatingListener {
  let last: Promise<void> | undefined
  let isStopped = false

  async function pass(event: Parameters<Listener>[0], before = Promise.resolve()): Promise<void> {
    const compressed = compressedFrame(event.data)
    const heard = compressed === undefined ? event : { data: await inflate(compressed) }
    await before
    if (!isStopped) listener(heard)
  }

  return {
    hear(event) {
      if (isStopped) return
      if (last === undefined && compressedFrame(event.data) === undefined) {
        listener(event)
        return
      }
      const passed = pass(event, last)
        // Nothing after a frame that is lost may be heard: a new connection brings all of it.
        .catch(() => {
          isStopped = true
          onBroken()
        })
        .finally(() => {
          if (last === passed) last = undefined
        })
      last = passed
    },
    stop() {
      isStopped = true
    },
  }
}

function compressedFrame(data: unknown): Uint8Array<ArrayBuffer> | undefined {
  return data instanceof ArrayBuffer ? compressedPartOf(new Uint8Array(data)) : undefined
}

async function inflate(compressed: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const plain = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(plain).arrayBuffer()
}
