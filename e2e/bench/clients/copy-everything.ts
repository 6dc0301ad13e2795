/**
 * A process of its own: a new device that copies every conversation of the history for reading
 * offline, into an IndexedDB in memory, and then counts what it has. It gives way to all others: a
 * device has a processor of its own.
 */
import 'fake-indexeddb/auto'
import { constants, setPriority } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'
import { openDB } from 'idb'
import * as Y from 'yjs'
import { z } from 'zod'
import { rootMap } from '../../../shared/document/layout.ts'
import { channelIdSchema } from '../../../shared/ids.ts'
import { deviceOwnerSchema, openDevice } from './open-device.ts'

const taskSchema = z.object({
  owner: deviceOwnerSchema,
  channels: z.array(z.object({ id: channelIdSchema, newestSegment: z.number() })),
  timeoutMs: z.number(),
})
const POLL_MS = 20

const { owner, channels, timeoutMs } = taskSchema.parse(JSON.parse(process.argv[2] ?? ''))
setPriority(constants.priority.PRIORITY_LOW)
const startedAt = performance.now()
const { engine, bytesReceived } = await openDevice(owner)
const known = channels.map(({ id, newestSegment }) => ({
  conversation: { kind: 'channel', id } as const,
  newestSegment,
}))
engine.noteNewestSegments(known)
engine.keepCopies(known.map(({ conversation }) => conversation))
const isDone = (): boolean => {
  const { connection, missingCopies } = engine.status.snapshot()
  return connection === 'online' && missingCopies === 0
}
while (!isDone()) {
  if (performance.now() > startedAt + timeoutMs) {
    throw new Error(`Not copied in time: ${JSON.stringify(engine.status.snapshot())}`)
  }
  await after(POLL_MS)
}
const ms = performance.now() - startedAt
const bytes = bytesReceived()
await engine.close()
const messages = await countCopied()
process.stdout.write(JSON.stringify({ ms, bytes, messages }), () => process.exit(0))

/** From disk, as an offline start would find it; each message once. */
async function countCopied(): Promise<number> {
  const ids = new Set<string>()
  for (const { name } of await indexedDB.databases()) {
    const [, channelId] = /channel:(.+)\/[0-9]+$/.exec(name ?? '') ?? []
    if (name === undefined || channelId === undefined) continue
    const database = await openDB(name)
    const updates: Uint8Array[] = await database.getAll('updates')
    database.close()
    const document = new Y.Doc()
    for (const update of updates) Y.applyUpdate(document, update)
    for (const id of rootMap(document, 'messages').keys()) ids.add(`${channelId} ${id}`)
    document.destroy()
  }
  return ids.size
}
