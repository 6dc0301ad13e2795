/**
 * The history of a whole workspace: half a million real messages in their channels where the machine
 * has them, else invented ones in as many channels.
 */
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import type { ChannelId, MessageId, UserId } from '../../../shared/ids.ts'
import type { LiveMessage } from '../../../shared/records/message.ts'
import { readLoadTexts } from '../load-texts.ts'
import { createSeededIds, inventHistory, type History, type KeptMessage } from './bench-history.ts'

const samplePath = join(import.meta.dirname, '../../../../shared/data/bench/chat-520k.jsonl.gz')
const lineSchema = z.object({
  channel: z.string(),
  workspace: z.string(),
  ts: z.coerce.date(),
  user: z.string(),
  text: z.string(),
  thread_ts: z.string().optional(),
})
const MAX_LENGTH = 15_000
const INVENTED_CHANNELS = 52

/** The first messages of it, at most this many. */
export async function readHistory(limit: number): Promise<History & { source: string }> {
  if (existsSync(samplePath)) return { ...(await readSample(limit)), source: 'chat-520k.jsonl.gz' }
  const channels = Math.min(INVENTED_CHANNELS, limit)
  const lengths = Array.from({ length: channels }, (_, index) =>
    Math.floor((limit + index) / channels),
  )
  return { ...inventHistory(lengths, readLoadTexts().texts), source: 'synthetic' }
}

async function readSample(limit: number): Promise<History> {
  const newId = createSeededIds(1)
  const people = new Map<string, UserId>()
  const channels = new Map<string, { id: ChannelId; messages: KeptMessage[] }>()
  const places = new Map<string, MessageId>()
  let count = 0
  for await (const line of createInterface(createReadStream(samplePath).pipe(createGunzip()))) {
    if (count === limit) break
    const {
      workspace,
      channel,
      ts,
      user,
      text,
      thread_ts: thread,
    } = lineSchema.parse(JSON.parse(line))
    const content = text.slice(0, MAX_LENGTH)
    if (content.trim() === '') continue
    count += 1
    const createdAt = ts.getTime()
    const name = `${workspace}/${channel}`
    const known = channels.get(name) ?? { id: newId<ChannelId>(createdAt), messages: [] }
    channels.set(name, known)
    const authorId = people.get(user) ?? newId<UserId>(createdAt)
    people.set(user, authorId)
    const id = newId<MessageId>(createdAt)
    const parentId = thread === undefined ? undefined : places.get(`${name} ${Date.parse(thread)}`)
    const first = `${name} ${createdAt}`
    if (!places.has(first)) places.set(first, id)
    const record: LiveMessage = { authorId, content, type: 'TEXT', createdAt, version: 1 }
    known.messages.push({ id, record: parentId === undefined ? record : { ...record, parentId } })
  }
  return {
    people: [...people.values()],
    channels: [...channels.values()].map(({ id, messages }, index) => ({
      id,
      slug: `history-${index + 1}`,
      count: messages.length,
      messages: () => messages,
    })),
  }
}
