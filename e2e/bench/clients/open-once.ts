/**
 * A process of its own that opens a conversation on a device without a copy, and says what that took
 * until the newest messages are in the list that a screen draws; then the same of a REST page. Both
 * have been done once before, with another conversation: what is measured is not the compiler.
 * Needs --expose-gc.
 */
import { z } from 'zod'
import { channelIdSchema, type ChannelId } from '../../../shared/ids.ts'
import { listMessagesResponseSchema } from '../../../shared/api/messages.ts'
import { forbidIndexedDb } from './forbid-indexed-db.ts'
import { deviceOwnerSchema, openDevice, untilShown } from './open-device.ts'

const placeSchema = z.object({ channelId: channelIdSchema, newestSegment: z.number() })
const taskSchema = z.object({
  owner: deviceOwnerSchema,
  warmUp: placeSchema,
  measured: placeSchema,
  /** How many messages fill the screen. */
  enough: z.number(),
  timeoutMs: z.number(),
})

interface Opening {
  ms: number
  bytes: number
  heapBytes: number
}

const { owner, warmUp, measured, enough, timeoutMs } = taskSchema.parse(
  JSON.parse(process.argv[2] ?? ''),
)
forbidIndexedDb()

async function openConversation({
  channelId,
  newestSegment,
}: z.infer<typeof placeSchema>): Promise<Opening> {
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const startedAt = performance.now()
  const { engine, bytesReceived } = await openDevice(owner)
  const conversation = { kind: 'channel', id: channelId } as const
  engine.noteNewestSegments([{ conversation, newestSegment }])
  const handle = engine.openConversation(conversation)
  await untilShown(handle, ({ messages }) => messages.length >= enough, {
    timeoutMs,
    what: 'The conversation did not open',
  })
  const ms = performance.now() - startedAt
  const bytes = bytesReceived()
  globalThis.gc?.()
  const heapBytes = process.memoryUsage().heapUsed - heapBefore
  handle.close()
  await engine.close()
  return { ms, bytes, heapBytes }
}

async function readPage(channelId: ChannelId): Promise<Opening> {
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const startedAt = performance.now()
  const response = await fetch(`${owner.url}/api/channels/${channelId}/messages?limit=${enough}`, {
    headers: { cookie: owner.cookie, 'x-forwarded-for': owner.address },
  })
  const body = await response.text()
  const { messages } = listMessagesResponseSchema.parse(JSON.parse(body))
  const ms = performance.now() - startedAt
  if (messages.length !== enough) throw new Error(`${messages.length} messages on a page`)
  globalThis.gc?.()
  const heapBytes = process.memoryUsage().heapUsed - heapBefore
  return { ms, bytes: Buffer.byteLength(body), heapBytes }
}

await openConversation(warmUp)
await readPage(warmUp.channelId)
const document = await openConversation(measured)
const page = await readPage(measured.channelId)
process.stdout.write(JSON.stringify({ document, page }), () => process.exit(0))
