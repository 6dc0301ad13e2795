/** A device of somebody: the product's engine, whose bytes from the network are counted. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type {
  ConversationHandle,
  ConversationSnapshot,
  Engine,
  HistorySource,
} from '../../../client/engine/engine-interface.ts'
import { openEngine } from '../../../client/engine/open-engine.ts'
import { userIdSchema } from '../../../shared/ids.ts'

/** Whose device it is, and which server it talks to. */
export const deviceOwnerSchema = z.object({
  url: z.string(),
  cookie: z.string(),
  address: z.string(),
  userId: userIdSchema,
})
export type DeviceOwner = z.infer<typeof deviceOwnerSchema>

export interface Device {
  engine: Engine
  /** Bytes that arrived so far over all its WebSockets, as TCP carried them: frames, headers, all. */
  bytesReceived: () => number
  /** Cuts the network; `engine.reconnect` finds it again once it is back. */
  setOnline: (isOnline: boolean) => void
}

/** Where nobody listens. */
const NOWHERE = 'ws://127.0.0.1:1'

/** Without a history it shows nothing before the documents are there. */
export async function openDevice(
  { url, cookie, address, userId }: DeviceOwner,
  history?: HistorySource,
): Promise<Device> {
  const sockets = new Set<WebSocket>()
  const streams = new Set<Socket>()
  let bytesBefore = 0
  let isOnline = true
  class CountingWebSocket extends WebSocket {
    constructor(syncUrl: string) {
      const headers = { cookie, origin: url, 'x-forwarded-for': address }
      super(isOnline ? syncUrl : NOWHERE, { headers })
      sockets.add(this)
      // Each is followed by a close, which the engine sees.
      this.on('error', () => undefined)
      this.on('upgrade', ({ socket }: IncomingMessage) => {
        streams.add(socket)
        socket.once('close', () => {
          bytesBefore += socket.bytesRead
          streams.delete(socket)
        })
      })
      this.on('close', () => sockets.delete(this))
    }
  }
  const engine = await openEngine({
    userId,
    syncUrl: `${url.replace('http', 'ws')}/sync`,
    webSocket: CountingWebSocket,
    onStorageFailure: () => undefined,
    ...(history && { history }),
  })
  return {
    engine,
    bytesReceived: () => [...streams].reduce((sum, { bytesRead }) => sum + bytesRead, bytesBefore),
    setOnline(next) {
      isOnline = next
      if (!isOnline) for (const socket of sockets) socket.terminate()
    },
  }
}

/** Resolves at the first snapshot that is as it should be; rejects after a while without one. */
export function untilShown(
  handle: ConversationHandle,
  isAsItShould: (snapshot: ConversationSnapshot) => boolean,
  { timeoutMs, what }: { timeoutMs: number; what: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe()
      const { phase, messages } = handle.snapshot()
      reject(new Error(`${what}: ${messages.length} messages after ${timeoutMs} ms (${phase})`))
    }, timeoutMs)
    const check = (): void => {
      if (!isAsItShould(handle.snapshot())) return
      clearTimeout(timer)
      unsubscribe()
      resolve()
    }
    const unsubscribe = handle.subscribe(check)
    check()
  })
}
