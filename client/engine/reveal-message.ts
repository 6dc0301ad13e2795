/**
 * Brings the window of a conversation to a message: finds its segment, waits for the document, and
 * moves the window there. Of several at once only the last moves it.
 */
import type { MessageId } from '../../shared/ids.ts'
import { isTombstone, type MessageRecord } from '../../shared/records/message.ts'
import type { ConversationDocument } from './document-interface.ts'
import type { Revealed } from './engine-interface.ts'
import type { Located } from './locate-message.ts'

export interface RevealMessageDeps {
  /** The segment in memory that holds a message. */
  segmentOf: (messageId: MessageId) => number | undefined
  locate: (messageId: MessageId) => Promise<Located>
  acquire: (segment: number) => ConversationDocument
  release: (segment: number) => void
  moveTo: (segment: number) => void
  /** Leaves a segment in memory. */
  keep: (segment: number) => void
}

/** `here`: it is in memory. Else as in `Revealed`. */
export type Brought = 'here' | 'not-found' | 'not-here'

export interface MessageRevealer {
  reveal: (messageId: MessageId) => Promise<Revealed>
  /** Takes a message into memory, and moves nothing. */
  bring: (messageId: MessageId) => Promise<Brought>
  /** Whatever is still looked for moves nothing any more. */
  cancel: () => void
}

type Found =
  | { state: 'found'; segment: number; record: MessageRecord }
  | Exclude<Revealed, { state: 'shown' }>

/** A document that has not come by then will not come soon. */
const ARRIVAL_LIMIT_MS = 15_000

export function createMessageRevealer(deps: RevealMessageDeps): MessageRevealer {
  let latest = 0

  /** What it takes into memory for that stays there until `held` is released. */
  async function find(messageId: MessageId, held: number[]): Promise<Found> {
    let segment = deps.segmentOf(messageId)
    if (segment === undefined) {
      const located = await deps.locate(messageId)
      if (located.state !== 'found') return located
      segment = located.place.segment
    }
    const document = deps.acquire(segment)
    held.push(segment)
    const record = await arrival(document, messageId)
    if (record !== undefined) return { state: 'found', segment, record }
    return { state: document.isSynced() ? 'not-found' : 'not-here' }
  }

  return {
    async reveal(messageId) {
      latest += 1
      const own = latest
      const held: number[] = []
      try {
        const found = await find(messageId, held)
        if (found.state !== 'found') return found
        const { parentId } = found.record
        const parent = parentId && (await find(parentId, held))
        // The message that it answers may be gone, or not on this device: the reply is.
        const segment = parent?.state === 'found' ? parent.segment : found.segment
        if (own === latest) deps.moveTo(segment)
        return { state: 'shown', parentId, isDeleted: isTombstone(found.record) }
      } finally {
        for (const segment of held) deps.release(segment)
      }
    },
    async bring(messageId) {
      const held: number[] = []
      try {
        const found = await find(messageId, held)
        if (found.state !== 'found') return found.state
        deps.keep(found.segment)
        return 'here'
      } finally {
        for (const segment of held) deps.release(segment)
      }
    },
    cancel() {
      latest += 1
    },
  }
}

/** Waits until a message is in memory; undefined when its document comes without it, or not at all. */
function arrival(
  document: ConversationDocument,
  messageId: MessageId,
): Promise<MessageRecord | undefined> {
  return new Promise((resolve) => {
    const end = (record: MessageRecord | undefined): void => {
      clearTimeout(timer)
      unsubscribe()
      resolve(record)
    }
    const look = (): void => {
      const record = document.find(messageId)?.record
      if (record !== undefined || document.isSynced() || document.isDenied()) end(record)
    }
    const timer = setTimeout(() => end(undefined), ARRIVAL_LIMIT_MS)
    const unsubscribe = document.state.subscribe(look)
    look()
  })
}
