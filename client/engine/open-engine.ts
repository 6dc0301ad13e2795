/**
 * The sync engine of one signed-in person in this browser: wires the socket, the documents, their
 * copies on disk and the outbox. The only file of the engine that knows them all.
 */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { createId, type MessageId, type UserId } from '../../shared/ids.ts'
import { createConversationDocument } from './conversation-document.ts'
import { createConversationSet } from './conversation-set.ts'
import { createSegmentCopier } from './copy-segments.ts'
import type { DirectoryNews, Engine, EngineStatus, HistorySource } from './engine-interface.ts'
import { createHybridClock } from './hybrid-clock.ts'
import { initialStatus, isSameStatus } from './engine-status.ts'
import { isSparing } from './is-sparing.ts'
import { conversationsNamed } from './named-conversations.ts'
import { createObservable } from './observable-value.ts'
import { createOpenConversation, type LocalHandle } from './open-conversation.ts'
import { openDevice } from './open-device.ts'
import { openSyncSocket } from './open-socket.ts'
import { openOwnDocument } from './own-document.ts'
import { createSegmentEvents } from './segment-events.ts'

export interface EngineOptions {
  userId: UserId
  /** `ws:` or `wss:` address of `/sync`. */
  syncUrl: string
  /** Something could not be kept on disk; for the log. */
  onStorageFailure: (error: unknown) => void
  /** What is asked of REST; without it, this device knows its documents alone. */
  history?: HistorySource
  /** Doubles of the device's clock and of WebSocket, for tests. */
  now?: () => number
  webSocket?: unknown
  /** How much space the browser gives; undefined when it does not say. */
  estimate?: (() => Promise<{ usage?: number; quota?: number }>) | undefined
}

/** The engine, with what the tabs of one browser that share it need besides. */
export interface LocalEngine extends Engine {
  openConversation: (conversation: Conversation) => LocalHandle
  /** The time by its clock, ms UTC. */
  now: () => number
  /** Resolves once all that was written so far is in the outbox on disk, if anything keeps it. */
  stored: () => Promise<void>
  /** Somebody looks at the app in another tab of this browser, or no longer does. */
  setWatched: (isWatched: boolean) => void
  /** What is looked at in the other tabs of this browser. */
  setLookingElsewhere: (conversations: readonly Conversation[]) => void
}

const noConversations: readonly Conversation[] = []

export async function openEngine(options: EngineOptions): Promise<LocalEngine> {
  const { userId, now = Date.now } = options
  const status = createObservable<EngineStatus>(initialStatus, isSameStatus)
  const update = (change: Partial<EngineStatus>): void =>
    status.set({ ...status.snapshot(), ...change })
  const listeners = new Set<(event: DirectoryNews | undefined) => void>()
  const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
  const newId = <Id extends string>(): Id => createId<Id>({ now: clock.now, randomBytes })
  const conversations = createConversationSet(
    (name) =>
      createConversationDocument({
        name,
        userId,
        databaseName: device.databaseName(name),
        socket: sync.socket,
        outbox,
        clock,
        newId,
        monitor: device.monitor,
        onSignInNeeded,
        onClockRefused: () => own.reconnect(),
        onSyncChange() {
          conversations.onProgress()
          copier.advance()
          refresh()
        },
        segment: createSegmentEvents(name, segments, (conversationId) =>
          tell({ topic: 'arrivals', conversationId }),
        ),
      }),
    (name) => outbox.documentNames().includes(name),
  )
  const device = await openDevice({
    userId,
    // What is known of the clock is among what is opened here.
    now,
    newMessageId: () => createId<MessageId>({ now, randomBytes }),
    isOpen: conversations.isOpen,
    estimate: options.estimate,
    onFailure: options.onStorageFailure,
  })
  const { outbox, facts, segments } = device
  const clock = createHybridClock({ deviceNow: now, facts })
  let isWatched = false
  let socketState: 'connected' | 'connecting' | 'disconnected' = 'connecting'

  function refresh(): void {
    const { pending, refused } = outbox.counts()
    update({
      connection: connectionNow(pending),
      pendingCount: pending,
      refusedCount: refused,
      refusedIn: conversationsNamed(outbox.refusedNames()),
      missingCopies: copier.missing(),
    })
  }

  function connectionNow(pending: number): EngineStatus['connection'] {
    if (socketState === 'disconnected') return 'offline'
    if (socketState === 'connecting') {
      return status.snapshot().connection === 'offline' ? 'offline' : 'connecting'
    }
    const isExchanging = conversations
      .all()
      .some((document) => !document.isSynced() && !document.isDenied())
    return pending > 0 || isExchanging ? 'syncing' : 'online'
  }

  function followDisk(): void {
    const { trouble, isShort } = device.disk.snapshot()
    update({
      storage: trouble === undefined ? 'disk' : 'memory',
      storageTrouble: trouble,
      isShortOfSpace: isShort,
    })
    copier.advance()
    refresh()
  }

  /** What an earlier session or another engine wrote goes out without anybody opening its conversation again. */
  function openUnsettled(): void {
    for (const name of outbox.documentNames()) {
      conversations.acquire(name)
      conversations.release(name)
    }
  }

  function onSignInNeeded(): void {
    update({ needsSignIn: true })
  }

  const stopWatchingOutbox = outbox.onChange(({ found }) => {
    if (found !== undefined) openUnsettled()
    refresh()
  })
  const copier = createSegmentCopier({
    segments,
    acquire: (conversation, segment) =>
      conversations.acquire(formatConversationName(conversation, segment)),
    release: (conversation, segment) =>
      conversations.release(formatConversationName(conversation, segment)),
    mayCopy: () =>
      socketState === 'connected' && !isSparing(isWatched) && !device.disk.snapshot().isShort,
    onCopied: device.measureSpace,
  })
  const sync = openSyncSocket({
    url: options.syncUrl,
    webSocket: options.webSocket,
    onConnected() {
      socketState = 'connected'
      refresh()
    },
    onConnecting() {
      socketState = 'connecting'
      refresh()
    },
    onDisconnected() {
      socketState = 'disconnected'
      refresh()
    },
  })

  let kept: readonly Conversation[] = []

  function keepNewest(): void {
    conversations.keep(
      kept.map((conversation) =>
        formatConversationName(conversation, segments.newest(conversation)),
      ),
    )
    copier.keep(kept)
    refresh()
  }
  segments.onNews(keepNewest)
  globalThis.document?.addEventListener('visibilitychange', copier.advance)

  function tell(news: DirectoryNews | undefined): void {
    for (const listener of listeners) listener(news)
  }

  function announce(event: DirectoryNews | undefined): void {
    tell(event)
    // A change in the directory may be the invitation that a closed conversation waits for.
    for (const document of conversations.all()) if (document.isDenied()) document.reconnect()
  }

  const own = openOwnDocument({
    userId,
    socket: sync.socket,
    onSignInNeeded,
    onEvent: announce,
    onWelcome({ now: serverNow, generation }) {
      update({ needsSignIn: false })
      const known = facts.get('generation')
      if (known !== undefined && known !== generation) {
        for (const document of conversations.all()) document.restore()
        // A restored store may have shorter chains, and other changes under the same seqs.
        segments.forget()
      }
      facts.set('generation', generation)
      clock.correct(serverNow)
      announce(undefined)
    },
  })

  const looking = { here: noConversations, elsewhere: noConversations }

  function tellLooking(change: Partial<typeof looking>): void {
    Object.assign(looking, change)
    own.setLooking([...looking.here, ...looking.elsewhere].map(({ id }) => id))
  }

  openUnsettled()
  const stopWatchingDisk = device.disk.subscribe(followDisk)
  followDisk()

  async function close(): Promise<void> {
    stopWatchingOutbox()
    stopWatchingDisk()
    globalThis.document?.removeEventListener('visibilitychange', copier.advance)
    own.close()
    copier.close()
    await conversations.close()
    sync.close()
    await device.close()
  }

  return {
    status,
    presence: own.presence,
    openConversation: createOpenConversation({
      userId,
      segments,
      conversations,
      outbox,
      clock,
      newMessageId: () => newId<MessageId>(),
      history: options.history,
      status,
    }),
    noteNewestSegments(known) {
      for (const { conversation, newestSegment } of known) {
        segments.note(conversation, newestSegment)
      }
    },
    keepCopies(wanted) {
      kept = wanted
      keepNewest()
    },
    onDirectoryEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setLooking: (here) => tellLooking({ here }),
    reconnect() {
      sync.renew()
      own.reconnect()
      for (const document of conversations.all()) document.reconnect()
    },
    close,
    async erase() {
      await outbox.erase()
      await close()
      await device.deleteAll()
    },
    now: clock.now,
    stored: outbox.stored,
    setWatched(next) {
      isWatched = next
      if (next) sync.connect()
      copier.advance()
    },
    setLookingElsewhere: (elsewhere) => tellLooking({ elsewhere }),
  }
}
