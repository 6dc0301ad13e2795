/**
 * One tab that follows, as the leading tab sees it: answers what it asks for, and sends it what
 * changes in the conversations that it has open. Ends when that tab's own lock becomes free.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { ConversationHandle, ConversationSnapshot } from '../engine-interface.ts'
import type { LocalEngine } from '../open-engine.ts'
import { callHandle } from './call-handle.ts'
import type { CommandRunner } from './carry-out.ts'
import { findChanges } from './snapshot-changes.ts'
import { sessionName } from './session-name.ts'
import { followerMessageSchema, type FollowerMessage, type LeaderMessage } from './tab-messages.ts'
import type { TabPlatform } from './tab-platform.ts'

export interface ServedTab {
  isVisible: () => boolean
  /** What its person has before their eyes in it. */
  looking: () => readonly Conversation[]
  close: () => void
}

export interface ServeTabDeps {
  platform: TabPlatform
  /** Begins like the databases of this person. */
  prefix: string
  session: string
  leaderId: string
  isVisible: boolean
  /** A leader answers from the moment that it leads, and serves when its engine is open. */
  opening: Promise<{ engine: LocalEngine; runner: CommandRunner }>
  onSight: () => void
  onGone: () => void
}

interface OpenHandle {
  handle: ConversationHandle
  /** Tells at once what changed and was not told yet. */
  tellChanges: () => void
  unsubscribe: () => void
}

type RevealMessage = Extract<FollowerMessage, { type: 'reveal' }>

const nothing = { messages: [], thread: undefined }

export function serveTab(deps: ServeTabDeps): ServedTab {
  const { platform, leaderId } = deps
  const name = sessionName(deps.prefix, deps.session)
  const handles = new Map<string, OpenHandle>()
  const ending = new AbortController()
  let { isVisible } = deps
  let looking: readonly Conversation[] = []
  let stopTelling = (): void => undefined

  const channel = platform.openChannel(name, (data) => {
    const message = followerMessageSchema.safeParse(data).data
    if (message?.type === 'ask') tell({ type: 'here', isVisible: platform.isVisible() })
    else if (message !== undefined) void deps.opening.then((served) => answer(message, served))
  })

  function tell(message: LeaderMessage): void {
    if (!ending.signal.aborted) channel.post({ leaderId, message })
  }

  function tellOfEngine({ status, presence, onDirectoryEvent, now }: LocalEngine): () => void {
    const tellStatus = (): void => tell({ type: 'status', status: status.snapshot(), time: now() })
    const tellPresence = (): void => tell({ type: 'presence', online: [...presence.snapshot()] })
    tell({ type: 'welcome' })
    tellStatus()
    tellPresence()
    const subscriptions = [
      status.subscribe(tellStatus),
      presence.subscribe(tellPresence),
      onDirectoryEvent((event) => tell({ type: 'directory', event })),
    ]
    return () => subscriptions.forEach((unsubscribe) => unsubscribe())
  }

  function answer(
    message: FollowerMessage,
    { engine, runner }: Awaited<ServeTabDeps['opening']>,
  ): void {
    if (ending.signal.aborted) return
    switch (message.type) {
      case 'ask':
        break
      case 'sight':
        isVisible = message.isVisible
        deps.onSight()
        break
      case 'open':
        openHandle(message.handleId, engine.openConversation(message.conversation))
        break
      case 'close':
        closeHandle(message.handleId)
        break
      case 'call': {
        const opened = handles.get(message.handleId)
        if (opened !== undefined) callHandle(opened.handle, message.call)
        break
      }
      case 'reveal':
        reveal(message)
        break
      case 'write': {
        const { command } = message
        runner
          .carryOut(command)
          .then(() => tell({ type: 'stored', commandId: command.id }), globalThis.reportError)
        break
      }
      case 'segments':
        engine.noteNewestSegments(message.known)
        break
      case 'looking':
        looking = message.at
        deps.onSight()
        break
      case 'reconnect':
        engine.reconnect()
        break
      case 'erase':
        engine.erase().then(() => tell({ type: 'erased' }), globalThis.reportError)
        break
    }
  }

  function reveal({ handleId, requestId, messageId }: RevealMessage): void {
    const opened = handles.get(handleId)
    if (opened === undefined) return
    opened.handle.reveal(messageId).then((revealed) => {
      // Whoever hears that it is shown finds it in the snapshot.
      opened.tellChanges()
      tell({ type: 'revealed', handleId, requestId, revealed })
    }, globalThis.reportError)
  }

  /** Sends what changed, once for all that changes at a time. */
  function openHandle(handleId: string, handle: ConversationHandle): void {
    closeHandle(handleId)
    let sent: Pick<ConversationSnapshot, 'messages' | 'thread'> = nothing
    let isDue = true
    const tellChanges = (): void => {
      if (!isDue || handles.get(handleId)?.handle !== handle) return
      isDue = false
      const snapshot = handle.snapshot()
      tell({ type: 'snapshot', handleId, changes: findChanges(sent, snapshot) })
      sent = snapshot
    }
    const unsubscribe = handle.subscribe(() => {
      if (!isDue) queueMicrotask(tellChanges)
      isDue = true
    })
    handles.set(handleId, { handle, tellChanges, unsubscribe })
    tellChanges()
  }

  function closeHandle(handleId: string): void {
    const opened = handles.get(handleId)
    if (opened === undefined) return
    handles.delete(handleId)
    opened.unsubscribe()
    opened.handle.close()
  }

  function close(): void {
    if (ending.signal.aborted) return
    tell({ type: 'over' })
    ending.abort()
    stopTelling()
    for (const handleId of handles.keys()) closeHandle(handleId)
    channel.close()
  }

  void deps.opening.then(({ engine }) => {
    if (!ending.signal.aborted) stopTelling = tellOfEngine(engine)
  })
  // The browser gives the tab's lock on when it is gone, however it went.
  platform.locks
    .request(name, { signal: ending.signal }, () => {
      close()
      deps.onGone()
    })
    .catch((error: unknown) => {
      if (!ending.signal.aborted) globalThis.reportError(error)
    })

  return { isVisible: () => isVisible, looking: () => looking, close }
}
