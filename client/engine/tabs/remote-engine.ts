/**
 * The engine of a tab that follows: the same interface, with the work done by the tab that leads.
 * It follows one leader; when that one is gone it goes on showing what it had and keeping what is
 * written, and whoever opened it opens another for the next leader.
 */
import { randomId } from '../random-id.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import { createId, type MessageId, type UserId } from '../../../shared/ids.ts'
import type { DirectoryNews, Engine, EngineStatus, KnownConversation } from '../engine-interface.ts'
import { eraseDatabases } from '../erase-databases.ts'
import { createHybridClock } from '../hybrid-clock.ts'
import { createObservable } from '../observable-value.ts'
import type { Handover } from './handover.ts'
import { createRemoteConversation, type RemoteConversation } from './remote-conversation.ts'
import { sessionName } from './session-name.ts'
import { fromLeaderSchema, type FollowerMessage, type LeaderMessage } from './tab-messages.ts'
import type { TabPlatform } from './tab-platform.ts'
import { watchLeader } from './watch-leader.ts'

export interface RemoteEngine extends Engine {
  /** Undefined until a leader has answered. */
  leaderId: () => string | undefined
  /** Asks whoever leads to be taken up. */
  greet: () => void
}

export interface RemoteEngineDeps {
  userId: UserId
  /** Begins like the databases of this person. */
  prefix: string
  platform: TabPlatform
  handover: Handover
  now: () => number
  /** What to show until a leader tells. */
  status: EngineStatus
  presence: ReadonlySet<UserId>
  /** Tells whoever leads that this tab would follow. */
  sayHello: (session: string, isVisible: boolean) => void
  /** The leader leads no longer. */
  onOver: () => void
  /** This tab had better lead itself. */
  onLeaderUnfit: () => void
}

/** A leader that does not erase within this time is frozen: this tab does it. */
const ERASE_LIMIT_MS = 3_000

export function openRemoteEngine(deps: RemoteEngineDeps): RemoteEngine {
  const { userId, prefix, platform, handover } = deps
  const session = randomId()
  const name = sessionName(prefix, session)
  const clock = createHybridClock({
    deviceNow: deps.now,
    // The leader tells the time at once: nothing is kept of it here.
    facts: new Map<string, number>(),
  })
  const presence = createObservable(deps.presence)
  let told = withoutOwn(deps.status)
  const status = createObservable<EngineStatus>(withOwn())
  const conversations = new Map<string, RemoteConversation>()
  const listeners = new Set<(event: DirectoryNews | undefined) => void>()
  const ending = new AbortController()
  let known: readonly KnownConversation[] = []
  let looking: readonly Conversation[] = []
  let leaderId: string | undefined
  let onErased = (): void => undefined

  const channel = platform.openChannel(name, (data) => {
    const { data: heard } = fromLeaderSchema.safeParse(data)
    if (heard === undefined || (leaderId !== undefined && heard.leaderId !== leaderId)) return
    watch.onSign()
    if (heard.message.type === 'welcome') follow(heard.leaderId)
    else take(heard.message)
  })
  const watch = watchLeader({
    platform,
    ask() {
      if (leaderId === undefined) greet()
      channel.post({ type: 'ask' } satisfies FollowerMessage)
    },
    onUnfit: deps.onLeaderUnfit,
  })
  const stopWatchingSight = platform.onVisibilityChange(() =>
    tell({ type: 'sight', isVisible: platform.isVisible() }),
  )

  /** What a leader should know from the start is told when it has answered. */
  function tell(message: FollowerMessage): void {
    if (leaderId !== undefined && !ending.signal.aborted) channel.post(message)
  }

  /** The status of before counted what is still on its way. */
  function withoutOwn(shown: EngineStatus): EngineStatus {
    const pendingCount = Math.max(0, shown.pendingCount - handover.own().length)
    return { ...shown, pendingCount }
  }

  /** What is on its way here is not on the server's disk either. */
  function withOwn(): EngineStatus {
    const waiting = handover.own().length
    return waiting === 0 ? told : { ...told, pendingCount: told.pendingCount + waiting }
  }

  function publish(): void {
    status.set(withOwn())
    for (const { publish: publishConversation } of conversations.values()) publishConversation()
  }

  function announce(event: DirectoryNews | undefined): void {
    for (const listener of listeners) listener(event)
  }

  function follow(id: string): void {
    if (leaderId !== undefined) return
    leaderId = id
    tell({ type: 'sight', isVisible: platform.isVisible() })
    tell({ type: 'segments', known: [...known] })
    tell({ type: 'looking', at: [...looking] })
    for (const { open } of conversations.values()) open()
    for (const command of handover.own()) tell({ type: 'write', command })
    // What the leader heard of the directory before is unknown here.
    announce(undefined)
  }

  function take(message: Exclude<LeaderMessage, { type: 'welcome' }>): void {
    switch (message.type) {
      case 'here':
        watch.onAnswer(message.isVisible)
        break
      case 'status':
        clock.correct(message.time)
        told = message.status
        status.set(withOwn())
        break
      case 'presence':
        presence.set(new Set(message.online))
        break
      case 'directory':
        announce(message.event)
        break
      case 'snapshot':
        conversations.get(message.handleId)?.take(message.changes)
        break
      case 'revealed':
        conversations.get(message.handleId)?.answer(message.requestId, message.revealed)
        break
      case 'stored':
        handover.drop(message.commandId)
        publish()
        break
      case 'erased':
        onErased()
        break
      case 'over':
        deps.onOver()
        break
    }
  }

  const greet = (): void => deps.sayHello(session, platform.isVisible())

  // Held for as long as this tab follows: that is how the leader knows that it is there.
  platform.locks
    .request(name, () => {
      greet()
      return new Promise<void>((resolve) =>
        ending.signal.addEventListener('abort', () => resolve()),
      )
    })
    .catch(globalThis.reportError)

  return {
    status,
    presence,
    leaderId: () => leaderId,
    greet,
    openConversation(conversation) {
      const handleId = randomId()
      const opened = createRemoteConversation({
        handleId,
        conversation,
        userId,
        clock,
        newMessageId: () =>
          createId<MessageId>({
            now: clock.now,
            randomBytes: () => crypto.getRandomValues(new Uint8Array(16)),
          }),
        kept: handover.own,
        write(call) {
          const command = handover.keep(conversation, call)
          publish()
          tell({ type: 'write', command })
        },
        tell,
        onClose() {
          if (conversations.delete(handleId)) tell({ type: 'close', handleId })
        },
      })
      conversations.set(handleId, opened)
      opened.open()
      return opened.handle
    },
    noteNewestSegments(segments) {
      known = segments
      tell({ type: 'segments', known: [...known] })
    },
    // The leader keeps what its own directory lists, which is the same.
    keepCopies: () => undefined,
    onDirectoryEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setLooking(at) {
      looking = at
      tell({ type: 'looking', at: [...at] })
    },
    reconnect: () => tell({ type: 'reconnect' }),
    async erase() {
      const isErased = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), ERASE_LIMIT_MS)
        onErased = () => {
          clearTimeout(timer)
          resolve(true)
        }
        tell({ type: 'erase' })
      })
      if (!isErased) await eraseDatabases(prefix)
    },
    close() {
      ending.abort()
      watch.stop()
      stopWatchingSight()
      channel.close()
      return Promise.resolve()
    },
  }
}
