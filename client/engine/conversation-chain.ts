/**
 * A conversation on the screen: a window of segments that follow each other in its chain, shown as
 * one. It begins with the newest and follows the chain as it grows, takes in older or newer ones as
 * they are asked for, letting go of what is far from them, and moves to wherever a message is to be
 * revealed. Never shows what lies beyond a gap. Segments in which something waits for delivery are
 * in memory, too.
 */
import type { MessageId } from '../../shared/ids.ts'
import { createConversationThread } from './conversation-thread.ts'
import type { NewEntry } from './delivery-queue.ts'
import type { ConversationDocument } from './document-interface.ts'
import type {
  ConversationSnapshot,
  Further,
  MessageView,
  PageMessage,
  Revealed,
} from './engine-interface.ts'
import type { Located } from './locate-message.ts'
import { countRows, mergeSegments, mergeThread } from './merge-segments.ts'
import { createObservable, type ObservableValue } from './observable-value.ts'
import { openingSnapshot } from './opening-snapshot.ts'
import { createOpenSegments } from './open-segments.ts'
import { createMessageRevealer, type Brought } from './reveal-message.ts'
import { createSegmentWindow, KEPT_SEGMENTS } from './segment-window.ts'

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
  loadNewer: () => void
  reveal: (messageId: MessageId) => Promise<Revealed>
  /** Takes a message into memory, without moving the window, until the chain is closed. */
  bring: (messageId: MessageId) => Promise<Brought>
  showNewest: () => void
  showThread: (threadId: MessageId | undefined) => void
  close: () => void
}

export interface ConversationChainDeps {
  newestSegment: () => number
  /** Takes note of a segment that the server spoke of. */
  noteSegment: (segment: number) => void
  onNewSegment: (listener: () => void) => () => void
  /** Segments before `end` in which something was written at `time` or later. */
  lateSegments: (end: number, time: number) => number[]
  /** Segments in which something waits for delivery or was refused. */
  unsettledSegments: () => number[]
  acquire: (segment: number) => ConversationDocument
  release: (segment: number) => void
  /** The newest messages as REST has them. Rejects when the server cannot be asked. */
  readPage: () => Promise<readonly PageMessage[]>
  locate: (messageId: MessageId) => Promise<Located>
  /** Whether the server cannot be reached now. */
  isOffline: () => boolean
  /** That may have changed. */
  onConnectionChange: (listener: () => void) => () => void
}

/** Fewer messages than this leave room on the screen: the next segment comes along by itself. */
const ENOUGH_MESSAGES = 60

export function createConversationChain(deps: ConversationChainDeps): ConversationChain {
  /** Hold what was written late into segments before the window. */
  let late: readonly number[] = []
  /** Hold messages that somebody writes about without looking at them. */
  let brought: readonly number[] = []
  /** The window for which late messages were looked for. */
  let lookedFrom: string | undefined
  let isReadingBack = false
  let isPageAsked = false
  let wasOffline = deps.isOffline()
  let isClosed = false

  const segments = createOpenSegments({
    acquire: deps.acquire,
    release: deps.release,
    onChange: publish,
  })
  const shown = createSegmentWindow(deps.newestSegment(), (segment) =>
    countRows(segments.open(segment).state.snapshot()),
  )
  const thread = createConversationThread({
    isCovered: (id) => shown.isAtEnd() && shown.has(segments.holderOf(id)?.segment),
    holding: (id) =>
      segments
        .all()
        .filter(({ document }) => mergeThread([document.state.snapshot()], id).length > 0)
        .map(({ segment }) => segment),
    locate: deps.locate,
    onChange() {
      keepNeeded()
      publish()
    },
  })
  const revealer = createMessageRevealer({
    segmentOf: (messageId) => segments.holderOf(messageId)?.segment,
    locate: deps.locate,
    acquire: deps.acquire,
    release: deps.release,
    moveTo,
    keep(segment) {
      brought = [...brought, segment]
      if (!isClosed) segments.open(segment)
    },
  })
  const state = createObservable(openingSnapshot)

  const documents = (): ConversationDocument[] => segments.all().map(({ document }) => document)
  const newestDocument = (): ConversationDocument => segments.open(shown.newest())

  function keepNeeded(): void {
    const asked = [...deps.unsettledSegments(), ...late, ...brought, ...thread.segments()]
    const newest = shown.newest()
    const needed = new Set([newest, ...asked.filter((each) => each <= newest)])
    for (let segment = shown.first(); segment <= shown.last(); segment += 1) needed.add(segment)
    segments.keep(needed)
  }

  function publish(): void {
    if (isClosed) return
    takeLate()
    const opened = segments.all().map(({ segment, document }) => ({
      isInWindow: shown.has(segment),
      snapshot: document.state.snapshot(),
    }))
    const window = opened.filter((each) => each.isInWindow).map(({ snapshot }) => snapshot)
    const merged = mergeSegments({
      window,
      aside: opened.filter((each) => !each.isInWindow).map(({ snapshot }) => snapshot),
      newest: newestDocument().state.snapshot(),
      isAtEnd: shown.isAtEnd(),
    })
    state.set({
      ...merged,
      older: isStartHere() ? 'none' : furtherBeyond(shown.first()),
      newer: shown.isAtEnd() ? 'none' : furtherBeyond(shown.last()),
      thread: thread.snapshot(opened.map(({ snapshot }) => snapshot)),
    })
    if (merged.phase === 'empty-copy' && shown.isAtEnd()) askForPage()
    const isSettled = merged.phase === 'ready' || merged.phase === 'empty-copy'
    const count = window.reduce((sum, { messages }) => sum + messages.length, 0)
    if (isSettled && count < ENOUGH_MESSAGES && !extendBack()) extendForth()
  }

  function isStartHere(): boolean {
    if (shown.first() > 1) return false
    // A conversation that was made offline is all there, whatever its document waits for.
    return shown.newest() === 1 ? phaseOf(1) !== 'preview' : !isArriving(1)
  }

  function furtherBeyond(edge: number): Further {
    if (!isArriving(edge)) return 'more'
    return wasOffline && phaseOf(edge) !== 'loading' ? 'missing' : 'loading'
  }

  function phaseOf(segment: number): ConversationSnapshot['phase'] {
    return segments.open(segment).state.snapshot().phase
  }

  function isArriving(segment: number): boolean {
    return phaseOf(segment) !== 'ready' && phaseOf(segment) !== 'denied'
  }

  /** What was written late into a segment before the window stands within it all the same. */
  function takeLate(): void {
    const first = shown.first()
    const { messages, phase } = segments.open(first).state.snapshot()
    const start = messages[0]?.record.createdAt
    const from = `${first} ${start}`
    if (phase !== 'ready' || start === undefined || from === lookedFrom) return
    lookedFrom = from
    late = deps.lateSegments(first, start)
    for (const segment of late) segments.open(segment)
  }

  /** Takes in the segment before the window, or waits for it; false when there is none. */
  function extendBack(): boolean {
    const first = shown.first()
    if (first === 1) return false
    // Offline, what came before the newest segment is shown although that one never came.
    const isMissingEnd = wasOffline && first === shown.newest() && phaseOf(first) === 'empty-copy'
    if (isArriving(first) && !isMissingEnd) return true
    shown.growBack()
    followWindow()
    return true
  }

  /** Takes in the segment after the window, unless one is on its way already. */
  function extendForth(): void {
    if (shown.isAtEnd() || isArriving(shown.last())) return
    shown.growForth()
    followWindow()
  }

  function followWindow(): void {
    // First of all: it may hold on to what leaves the window now.
    thread.place()
    keepNeeded()
    publish()
  }

  function moveWindow(from: number, to: number): void {
    shown.moveTo(from, to)
    late = []
    lookedFrom = undefined
    followWindow()
  }

  function showNewest(): void {
    revealer.cancel()
    isReadingBack = false
    if (!shown.isAtEnd()) moveWindow(shown.newest(), shown.newest())
  }

  function moveTo(segment: number): void {
    if (isClosed) return
    deps.noteSegment(segment)
    isReadingBack = true
    if (shown.has(segment)) return
    const isNearEnd = shown.newest() - segment < KEPT_SEGMENTS
    moveWindow(segment, isNearEnd ? shown.newest() : segment)
  }

  function follow(): void {
    if (isClosed) return
    lookedFrom = undefined
    shown.follow(deps.newestSegment(), isReadingBack)
    keepNeeded()
    publish()
  }

  function askForPage(): void {
    if (isPageAsked) return
    isPageAsked = true
    // No answer is no loss: the document follows.
    deps.readPage().then(takePage, () => undefined)
  }

  /** Shows the newest messages as REST has them, in place of documents that are still to come. */
  function takePage(rows: readonly PageMessage[]): void {
    if (isClosed) return
    for (const { segment } of rows) deps.noteSegment(segment)
    if (!shown.isAtEnd()) return
    const bySegment = Map.groupBy(rows, ({ segment }) => segment)
    while (bySegment.has(shown.first() - 1) && isArriving(shown.first())) shown.growBack()
    for (const [segment, group] of bySegment) {
      if (shown.has(segment)) segments.open(segment).standIn(group)
    }
    publish()
  }

  function followConnection(): void {
    if (wasOffline === deps.isOffline()) return
    wasOffline = deps.isOffline()
    publish()
  }

  const subscriptions = [deps.onNewSegment(follow), deps.onConnectionChange(followConnection)]
  for (const segment of new Set([shown.newest(), ...deps.unsettledSegments()])) {
    segments.open(segment)
  }
  publish()

  return {
    state,
    newest: () => Math.max(0, ...documents().map((document) => document.newest())),
    find: (messageId) => segments.holderOf(messageId)?.document.find(messageId),
    write(entry) {
      const holder = entry.kind === 'message' ? undefined : segments.holderOf(entry.messageId)
      ;(holder?.document ?? newestDocument()).write(entry)
    },
    retry: (outboxId) => documents().forEach((document) => document.retry(outboxId)),
    discard: (outboxId) => documents().forEach((document) => document.discard(outboxId)),
    sendTyping: (isTyping) => newestDocument().sendTyping(isTyping),
    loadOlder() {
      isReadingBack = true
      extendBack()
    },
    loadNewer: extendForth,
    reveal: revealer.reveal,
    bring: revealer.bring,
    showNewest,
    showThread: thread.show,
    close() {
      isClosed = true
      revealer.cancel()
      for (const unsubscribe of subscriptions) unsubscribe()
      segments.close()
    },
  }
}
