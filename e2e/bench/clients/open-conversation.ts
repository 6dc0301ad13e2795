/**
 * A process of its own that opens a conversation once, on a device without a copy, and prints what
 * that took: until the newest 50 messages are in the list that a screen draws. Needs --expose-gc.
 */
import { WebSocket, type RawData } from 'ws'
import { z } from 'zod'
import { openEngine } from '../../../client/engine/open-engine.ts'
import { channelIdSchema, userIdSchema } from '../../../shared/ids.ts'
import { forbidIndexedDb } from './open-connectnow-client.ts'

const taskSchema = z.object({
  url: z.string(),
  cookie: z.string(),
  userId: userIdSchema,
  channelId: channelIdSchema,
  newestSegment: z.number(),
})

const ENOUGH = 50
const { url, cookie, userId, channelId, newestSegment } = taskSchema.parse(
  JSON.parse(process.argv[2] ?? ''),
)
forbidIndexedDb()
// y-indexeddb leaves the failure to open unhandled; a browser goes on, and so does this.
process.on('unhandledRejection', () => undefined)
let bytes = 0
class CountingWebSocket extends WebSocket {
  constructor(address: string) {
    super(address, { headers: { cookie, origin: url } })
    this.on('error', () => undefined)
    this.on('message', (data: RawData) => {
      bytes += Array.isArray(data)
        ? data.reduce((sum, part) => sum + part.length, 0)
        : data.byteLength
    })
  }
}

globalThis.gc?.()
const heapBefore = process.memoryUsage().heapUsed
const startedAt = performance.now()
const engine = await openEngine({
  userId,
  syncUrl: `${url.replace('http', 'ws')}/sync`,
  webSocket: CountingWebSocket,
  onStorageFailure: () => undefined,
})
const conversation = { kind: 'channel', id: channelId } as const // else kind is any string
engine.noteNewestSegments([{ conversation, newestSegment }])
const handle = engine.openConversation(conversation)
await new Promise<void>((resolve) => {
  const check = (): void => {
    if (handle.snapshot().messages.length >= ENOUGH) resolve()
  }
  handle.subscribe(check)
  check()
})
const ms = performance.now() - startedAt
const bytesThen = bytes
globalThis.gc?.()
const heapBytes = process.memoryUsage().heapUsed - heapBefore
process.stdout.write(JSON.stringify({ ms, bytes: bytesThen, heapBytes }))
process.exit(0)
