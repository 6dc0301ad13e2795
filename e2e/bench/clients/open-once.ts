/**
 * A process of its own that opens a conversation on a device without a copy, and says what that took
 * until the newest messages are in the list that a screen draws, and until they come from the
 * document; then the same of a REST page. All of it has been done once before, with another
 * conversation: what is measured is not the compiler. Needs --expose-gc.
 */
import { z } from 'zod'
import { createApiClient } from '../../../shared/api/create-api-client.ts'
import { createRestHistory } from '../../../client/store/rest-history.ts'
import { listMessagesResponseSchema } from '../../../shared/api/messages.ts'
import { channelIdSchema, type ChannelId } from '../../../shared/ids.ts'
import { forbidIndexedDb } from './forbid-indexed-db.ts'
import { getJson } from './get-json.ts'
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

interface DocumentOpening extends Opening {
  /** Until the first screen is there, from wherever. */
  screenMs: number
  /** Of REST, on top of those of the WebSocket. */
  pageBytes: number
}

async function openConversation({
  channelId,
  newestSegment,
}: z.infer<typeof placeSchema>): Promise<DocumentOpening> {
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const startedAt = performance.now()
  let pageBytes = 0
  const history = createRestHistory(
    createApiClient(async ({ path }) => {
      const answer = await getJson(owner, path)
      pageBytes += answer.bytes
      return answer.body
    }),
  )
  const { engine, bytesReceived } = await openDevice(owner, history)
  const conversation = { kind: 'channel', id: channelId } as const
  engine.noteNewestSegments([{ conversation, newestSegment }])
  const handle = engine.openConversation(conversation)
  const limits = { timeoutMs, what: 'The conversation did not open' }
  await untilShown(handle, ({ messages }) => messages.length >= enough, limits)
  const screenMs = performance.now() - startedAt
  await untilShown(
    handle,
    ({ messages, phase }) => phase === 'ready' && messages.length >= enough,
    limits,
  )
  const ms = performance.now() - startedAt
  const bytes = bytesReceived()
  globalThis.gc?.()
  const heapBytes = process.memoryUsage().heapUsed - heapBefore
  handle.close()
  await engine.close()
  return { ms, screenMs, bytes, pageBytes, heapBytes }
}

async function readPage(channelId: ChannelId): Promise<Opening> {
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const startedAt = performance.now()
  const { body, bytes } = await getJson(owner, `/channels/${channelId}/messages?limit=${enough}`)
  const { messages } = listMessagesResponseSchema.parse(body)
  const ms = performance.now() - startedAt
  if (messages.length !== enough) throw new Error(`${messages.length} messages on a page`)
  globalThis.gc?.()
  const heapBytes = process.memoryUsage().heapUsed - heapBefore
  return { ms, bytes, heapBytes }
}

await openConversation(warmUp)
await readPage(warmUp.channelId)
const document = await openConversation(measured)
const page = await readPage(measured.channelId)
process.stdout.write(JSON.stringify({ document, page }), () => process.exit(0))
