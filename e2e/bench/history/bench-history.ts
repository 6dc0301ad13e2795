/**
 * Histories to fill a server with: the same messages, ids included, each time and in each process.
 * Pure.
 */
import { createId, type ChannelId, type MessageId, type UserId } from '../../../shared/ids.ts'
import type { LiveMessage } from '../../../shared/records/message.ts'
import { createSeededRandom } from '../../testing/seeded-random.ts'

export interface KeptMessage {
  id: MessageId
  record: LiveMessage
}

export interface HistoryChannel {
  id: ChannelId
  slug: string
  count: number
  /** Oldest first. */
  messages: () => Iterable<KeptMessage>
}

export interface History {
  people: readonly UserId[]
  channels: readonly HistoryChannel[]
}

const START = Date.UTC(2020, 0, 1)
const PEOPLE = 50
/** Between two messages of a channel, ms. */
const PACE_MS = 1_000
const BYTE = 256

/** Makes the ids of one sequence: the same for the same seed. */
export function createSeededIds(seed: number): <Id extends string>(at: number) => Id {
  const { below } = createSeededRandom(seed)
  const randomBytes = (): Uint8Array => Uint8Array.from({ length: 16 }, () => below(BYTE))
  return (at) => createId({ now: () => at, randomBytes })
}

/** One channel for each length, and the same people in all. */
export function inventHistory(lengths: readonly number[], texts: readonly string[]): History {
  const newId = createSeededIds(1)
  const people = Array.from({ length: PEOPLE }, () => newId<UserId>(START))
  const channels = lengths.map((count, index): HistoryChannel => {
    const id = newId<ChannelId>(START)
    const messages = (): Iterable<KeptMessage> =>
      inventMessages({ count, people, texts, seed: index + 2 })
    return { id, slug: `history-${index + 1}`, count, messages }
  })
  return { people, channels }
}

interface Invention {
  count: number
  people: readonly UserId[]
  texts: readonly string[]
  seed: number
}

function* inventMessages({ count, people, texts, seed }: Invention): Generator<KeptMessage> {
  const newId = createSeededIds(seed)
  const { below } = createSeededRandom(seed)
  for (let index = 0; index < count; index += 1) {
    const createdAt = START + index * PACE_MS
    const authorId = people[below(people.length)]
    const content = texts[below(texts.length)]
    if (authorId === undefined || content === undefined) return
    const record: LiveMessage = { authorId, content, type: 'TEXT', createdAt, version: 1 }
    yield { id: newId<MessageId>(createdAt), record }
  }
}
