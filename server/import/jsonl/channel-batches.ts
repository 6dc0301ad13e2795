/**
 * Gathers messages that come mixed into batches of one channel each: a document is loaded once for
 * many messages. Keeps the order within a channel, and holds a bounded number of bytes.
 */
import type { ImportedMessage } from '../imported-records.ts'

export interface ChannelBatches<Channel> {
  /** Resolves when what had to make room for them was written. */
  add: (channel: Channel, messages: readonly ImportedMessage[]) => Promise<void>
  /** Writes all that is left. */
  end: () => Promise<void>
}

export interface ChannelBatchesDeps<Channel> {
  write: (channel: Channel, messages: readonly ImportedMessage[]) => Promise<void>
  maxMessages?: number
  /** Of all channels together, in characters. */
  maxSize?: number
}

interface Gathered {
  messages: ImportedMessage[]
  size: number
}

/** What a message takes besides its words. */
const MESSAGE_SIZE = 300

export function createChannelBatches<Channel>({
  write,
  maxMessages = 500,
  maxSize = 16_000_000,
}: ChannelBatchesDeps<Channel>): ChannelBatches<Channel> {
  const byChannel = new Map<Channel, Gathered>()
  let totalSize = 0

  async function flush(channel: Channel): Promise<void> {
    const gathered = byChannel.get(channel)
    if (gathered === undefined) return
    byChannel.delete(channel)
    totalSize -= gathered.size
    await write(channel, gathered.messages)
  }

  function largest(): Channel | undefined {
    const [first] = [...byChannel].toSorted(([, a], [, b]) => b.size - a.size)
    return first?.[0]
  }

  return {
    async add(channel, messages) {
      const gathered = byChannel.get(channel) ?? { messages: [], size: 0 }
      byChannel.set(channel, gathered)
      for (const message of messages) {
        const size = MESSAGE_SIZE + message.versions[0].content.length
        gathered.messages.push(message)
        gathered.size += size
        totalSize += size
      }
      if (gathered.messages.length >= maxMessages) await flush(channel)
      while (totalSize > maxSize) {
        const next = largest()
        if (next === undefined) break
        await flush(next)
      }
    },
    async end() {
      for (const channel of [...byChannel.keys()]) await flush(channel)
    },
  }
}
