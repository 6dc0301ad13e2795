/**
 * A conversation on the screen: the segments of its chain that are in memory, as one. It begins
 * with the newest, follows the chain as it grows, and takes in older segments as they are asked
 * for. Segments in which something waits for delivery are always there.
 */
import type { MessageId } from '../../shared/ids.ts'
import type { NewEntry } from './delivery-queue.ts'
import type { ConversationDocument } from './conversation-document.ts'
import type { ConversationSnapshot, MessageView } from './engine-interface.ts'
import { mergeSegments } from './merge-segments.ts'
import { createObservable, type ObservableValue } from './observable-value.ts'

export interface ConversationChain {
  state: ObservableValue<ConversationSnapshot>
  /** The newest `createdAt`; 0 when there are no messages. */
  newest: () => number
  find: (messageId: MessageId) => MessageView | undefined
  /** New messages go to the newest segment, all else to the one that holds its message. */
  write: (entry: NewEntry) => void
  retry: (outboxId: string) => void
  discard: (outboxId: string) => void
  sendTyping: (isTyping: boolean) => void
  loadOlder: () => void
  close: () => void
}

export interface ConversationChainDeps {
  newestSegment: () => number
  onNewSegment: (listener: () => void) => () => void
  /** Segments before `end` in which something was written at `time` or later. */
  lateSegments: (end: number, time: number) => number[]
  /** Segments in which something waits for delivery or was refused. */
  unsettledSegments: () => number[]
  acquire: (segment: number) => ConversationDocument
  release: (segment: number) => void
}

/** Fewer messages than this leave room on the screen: the segment before comes along by itself. */
const ENOUGH_MESSAGES = 60
/** While nobody reads further up, no more segments than these stay in memory. */
const KEPT_SEGMENTS = 2

interface OpenSegment {
  document: ConversationDocument
  unsubscribe: () => void
}

export function createConversationChain(deps: ConversationChainDeps): ConversationChain {
  const opened = new Map<number, OpenSegment>()
  let newestSegment = deps.newestSegment()
  /** The window goes from here to the newest, without a gap. */
  let oldestSegment = newestSegment
  let isReadingBack = false
  /** The window for which late messages were looked for. */
  let lookedFrom: string | undefined
  let isClosed = false

  const documents = (): ConversationDocument[] =>
    [...opened].toSorted(([one], [other]) => one - other).map(([, { document }]) => document)
  const newestDocument = (): ConversationDocument => open(newestSegment).document

  const state = createObservable<ConversationSnapshot>({
    phase: 'loading',
    denial: undefined,
    messages: [],
    undelivered: [],
    typing: [],
    older: 'none',
  })

  function open(segment: number): OpenSegment {
    const existing = opened.get(segment)
    if (existing !== undefined) return existing
    const document = deps.acquire(segment)
    const made = { document, unsubscribe: document.state.subscribe(publish) }
    opened.set(segment, made)
    return made
  }

  function shut(segment: number): void {
    opened.get(segment)?.unsubscribe()
    if (opened.delete(segment)) deps.release(segment)
  }

  function publish(): void {
    if (isClosed) return
    takeLate()
    const merged = mergeSegments(
      documents().map((document) => document.state.snapshot()),
      newestDocument().state.snapshot(),
    )
    state.set({ ...merged, older: olderState() })
    const isSettled = merged.phase === 'ready' || merged.phase === 'empty-copy'
    if (isSettled && merged.messages.length < ENOUGH_MESSAGES) extend()
  }

  function olderState(): ConversationSnapshot['older'] {
    if (oldestSegment === 1) return 'none'
    return isArriving(oldestSegment) ? 'loading' : 'more'
  }

  function isArriving(segment: number): boolean {
    const { phase } = open(segment).document.state.snapshot()
    return phase === 'loading' || phase === 'empty-copy'
  }

  /** What was written late into a segment before the window stands within it all the same. */
  function takeLate(): void {
    const { messages, phase } = open(oldestSegment).document.state.snapshot()
    const start = messages[0]?.record.createdAt
    const from = `${oldestSegment} ${start}`
    if (phase !== 'ready' || start === undefined || from === lookedFrom) return
    lookedFrom = from
    for (const segment of deps.lateSegments(oldestSegment, start)) open(segment)
  }

  /** Takes in the segment before the window, unless one is on its way already. */
  function extend(): void {
    if (oldestSegment === 1 || isArriving(oldestSegment)) return
    oldestSegment -= 1
    open(oldestSegment)
    publish()
  }

  function follow(): void {
    if (isClosed) return
    lookedFrom = undefined
    const hasGrown = deps.newestSegment() > newestSegment
    newestSegment = deps.newestSegment()
    // A store that was restored from a backup may have a shorter chain.
    for (const segment of [...opened.keys()]) if (segment > newestSegment) shut(segment)
    oldestSegment = Math.min(oldestSegment, newestSegment)
    if (hasGrown && !isReadingBack) {
      oldestSegment = Math.max(oldestSegment, newestSegment - KEPT_SEGMENTS + 1)
      const unsettled = new Set(deps.unsettledSegments())
      for (const segment of [...opened.keys()]) {
        if (segment < oldestSegment && !unsettled.has(segment)) shut(segment)
      }
    }
    for (let segment = oldestSegment; segment <= newestSegment; segment += 1) open(segment)
    publish()
  }

  const stopFollowing = deps.onNewSegment(follow)
  for (const segment of new Set([newestSegment, ...deps.unsettledSegments()])) open(segment)
  publish()

  function holderOf(messageId: MessageId): ConversationDocument | undefined {
    return documents().findLast((document) => document.find(messageId) !== undefined)
  }

  return {
    state,
    newest: () => Math.max(0, ...documents().map((document) => document.newest())),
    find: (messageId) => holderOf(messageId)?.find(messageId),
    write(entry) {
      const holder = entry.kind === 'message' ? undefined : holderOf(entry.messageId)
      const document = holder ?? newestDocument()
      document.write(entry)
    },
    retry: (outboxId) => documents().forEach((document) => document.retry(outboxId)),
    discard: (outboxId) => documents().forEach((document) => document.discard(outboxId)),
    sendTyping: (isTyping) => newestDocument().sendTyping(isTyping),
    loadOlder() {
      isReadingBack = true
      extend()
    },
    close() {
      isClosed = true
      stopFollowing()
      for (const segment of opened.keys()) shut(segment)
    },
  }
}
