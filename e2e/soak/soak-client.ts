/** One person's browser on a bad link: the real engine, whose connection breaks and comes back. */
import { setTimeout as after } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ConversationHandle, Engine } from '../../client/engine/engine-interface.ts'
import { openEngine } from '../../client/engine/open-engine.ts'
import type { ChannelId, MessageId } from '../../shared/ids.ts'
import { isTombstone } from '../../shared/records/message.ts'
import type { SeededRandom } from '../testing/seeded-random.ts'
import type { SoakSeat } from './soak-messages.ts'

export interface SoakClient {
  engine: Engine
  handle: ConversationHandle
  /** Shown as sent to this person, who wrote it. */
  acknowledged: ReadonlySet<MessageId>
  /** Writes and loses the network, again and again, until it is stopped. */
  live: () => Promise<void>
  /** Stops; the link is good from now on. */
  stop: () => void
  close: () => Promise<void>
}

export interface SoakClientOptions {
  url: string
  channelId: ChannelId
  seat: SoakSeat
  random: SeededRandom
}

const LONGEST_PAUSE_MS = 4_000
const LONGEST_OUTAGE_MS = 8_000
/** One in so many pauses ends with the link breaking. */
const PAUSES_PER_OUTAGE = 5

export async function openSoakClient(options: SoakClientOptions): Promise<SoakClient> {
  const { url, seat, random } = options
  const sockets = new Set<WebSocket>()
  const acknowledged = new Set<MessageId>()
  let isOnline = true
  let isStopped = false

  class LinkWebSocket extends WebSocket {
    constructor(address: string) {
      // Nobody listens on the first port: connecting fails at once.
      super(isOnline ? address : 'ws://127.0.0.1:1', {
        headers: { cookie: seat.cookie, origin: url },
      })
      sockets.add(this)
      this.on('error', () => undefined)
      this.on('close', () => sockets.delete(this))
    }
  }
  const engine = await openEngine({
    userId: seat.userId,
    syncUrl: `${url.replace('http', 'ws')}/sync`,
    webSocket: LinkWebSocket,
    onStorageFailure(error) {
      throw error
    },
  })
  const conversation = { kind: 'channel', id: options.channelId } as const // of the two kinds
  const handle = engine.openConversation(conversation)
  engine.keepCopies([conversation])
  handle.subscribe(() => {
    // What is not the newest was seen when it was.
    for (const { id, record, delivery } of handle.snapshot().messages.slice(-100)) {
      if (record.authorId === seat.userId && delivery.state === 'sent') acknowledged.add(id)
    }
  })

  function write(count: number): void {
    const { messages } = handle.snapshot()
    const mine = messages.filter(
      ({ record }) => record.authorId === seat.userId && !isTombstone(record),
    )
    const own = mine.at(-1 - random.below(10))
    const picked = messages.at(-1 - random.below(20))
    const choice = random.below(10)
    if (own !== undefined && choice < 2) handle.edit(own.id, `edited for the ${count}th time`)
    else if (picked !== undefined && choice < 4)
      handle.setReaction(picked.id, '👍', random.below(2) === 0)
    else if (picked !== undefined && choice < 5) {
      handle.send({ content: `answer ${count}`, parentId: picked.id })
    } else handle.send({ content: `message ${count} ${'x'.repeat(random.below(200))}` })
  }

  async function breakLink(): Promise<void> {
    isOnline = false
    for (const socket of sockets) socket.terminate()
    await after(random.below(LONGEST_OUTAGE_MS))
    isOnline = true
    engine.reconnect()
  }

  return {
    engine,
    handle,
    acknowledged,
    async live() {
      for (let count = 1; !isStopped; count += 1) {
        await after(random.below(LONGEST_PAUSE_MS))
        if (isStopped) return
        write(count)
        if (random.below(PAUSES_PER_OUTAGE) === 0) await breakLink()
      }
    },
    stop() {
      isStopped = true
      isOnline = true
    },
    async close() {
      handle.close()
      await engine.close()
    },
  }
}
