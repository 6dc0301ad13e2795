/**
 * Documents go out compressed to clients that asked for it: a document's state, sent when it is
 * opened, is several times as large as it need be. What is said while people write goes as it is: it
 * is small, and goes to everybody. Frames stay in order, and nothing is ever unpacked here.
 */
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { MessageType, type WebSocketLike } from '@hocuspocus/server'
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import { messageYjsSyncStep2 } from 'y-protocols/sync'
import { COMPRESSION, markCompressed } from '../../shared/sync/compressed-frames.ts'
import type { BoundedSocket } from './bounded-socket.ts'

export type Compress = (frame: Uint8Array) => Promise<Uint8Array>

/** Smaller ones would gain less than they cost. */
const MIN_BYTES = 2_048
/** Each takes a quarter of a megabyte while it runs; after a restart everybody asks at once. */
const AT_ONCE = 4

/** Compresses aside from the event loop, a few frames at once for all sockets together. */
export function createCompress(): Compress {
  const compress = promisify(deflateRaw)
  const waiting: (() => void)[] = []
  let running = 0
  return async (frame) => {
    if (running < AT_ONCE) running += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await compress(frame)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/** Whether the address of a request for `/sync` says that large frames may be compressed. */
export function asksForCompression({ searchParams }: URL): boolean {
  return searchParams.get(COMPRESSION.parameter) === COMPRESSION.value
}

/** The socket as Hocuspocus is to see it. */
export function compressFrames(socket: BoundedSocket, compress: Compress): WebSocketLike {
  /** What follows a frame that is being compressed waits for it. */
  const waiting: Uint8Array[] = []
  let isCompressing = false

  async function sendCompressed(frame: Uint8Array): Promise<void> {
    socket.noteWaiting(frame.length)
    const sent = await compress(frame).then(markCompressed, () => frame)
    socket.noteWaiting(-frame.length)
    isCompressing = false
    socket.send(sent)
    while (!isCompressing) {
      const next = waiting.shift()
      if (next === undefined) return
      socket.noteWaiting(-next.length)
      send(next)
    }
  }

  function send(frame: Uint8Array): void {
    if (isCompressing) {
      waiting.push(frame)
      socket.noteWaiting(frame.length)
    } else if (holdsDocument(frame)) {
      isCompressing = true
      void sendCompressed(frame)
    } else socket.send(frame)
  }

  return {
    send: (frame) => send(frame as Uint8Array), // Hocuspocus sends nothing else
    close: (code, reason) => socket.close(code, reason),
    get readyState() {
      return socket.readyState
    },
  }
}

/** A large SyncStep2, which answers to one who opens a document. */
function holdsDocument(frame: Uint8Array): boolean {
  if (frame.length < MIN_BYTES) return false
  const decoder = createDecoder(frame)
  readVarString(decoder)
  const type = readVarUint(decoder)
  const isSync = type === MessageType.Sync || type === MessageType.SyncReply
  return isSync && readVarUint(decoder) === messageYjsSyncStep2
}
