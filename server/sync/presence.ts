/**
 * Who is connected: everybody whose own document `user:<id>` is open. Changes are passed on
 * coalesced; a short grace hides reconnects. Also greets each browser with the server's clock.
 */
import type {
  connectedPayload,
  Extension,
  Hocuspocus,
  onDisconnectPayload,
} from '@hocuspocus/server'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import type { SyncContext } from './sync-session.ts'

export interface PresenceDeps {
  hocuspocus: () => Hocuspocus<SyncContext>
  now: () => number
  generation: () => number
  /** Called when somebody was seen last. */
  onLeft: (userId: UserId) => void
  onUnexpected: (error: unknown) => void
}

export interface Presence {
  extension: Extension<SyncContext>
  isOnline: (userId: UserId) => boolean
  /** Takes leave of everybody who is still here. */
  close: () => void
}

const COALESCE_MS = 150
const GRACE_MS = 4_000

export function createPresence(deps: PresenceDeps): Presence {
  const online = new Set<UserId>()
  const changed = new Set<UserId>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** Timers call this: what it throws would end the process. */
  function leave(userId: UserId): void {
    if (isClosed || isConnected(userId) || !online.delete(userId)) return
    noteLeft(userId)
    announce(userId)
  }

  function noteLeft(userId: UserId): void {
    try {
      deps.onLeft(userId)
    } catch (error) {
      deps.onUnexpected(error)
    }
  }

  function announce(userId: UserId): void {
    changed.add(userId)
    timer ??= setTimeout(() => {
      timer = undefined
      const came = [...changed].filter((each) => online.has(each))
      const left = [...changed].filter((each) => !online.has(each))
      changed.clear()
      broadcast({ type: 'presence', isComplete: false, online: came, offline: left })
    }, COALESCE_MS)
    timer.unref()
  }

  function broadcast(message: ServerMessage): void {
    const payload = JSON.stringify(message)
    for (const userId of online) {
      deps.hocuspocus().documents.get(formatUserDocumentName(userId))?.broadcastStateless(payload)
    }
  }

  function isConnected(userId: UserId): boolean {
    const document = deps.hocuspocus().documents.get(formatUserDocumentName(userId))
    return document !== undefined && document.getConnectionsCount() > 0
  }

  const extension: Extension<SyncContext> = {
    extensionName: 'presence',
    connected({ connection, context }: connectedPayload<SyncContext>) {
      const { session } = context
      if (session?.address.kind !== 'user') return Promise.resolve()
      const { userId } = session.identity
      if (!online.has(userId)) {
        online.add(userId)
        announce(userId)
      }
      const greetings: ServerMessage[] = [
        { type: 'welcome', now: deps.now(), generation: deps.generation() },
        { type: 'presence', isComplete: true, online: [...online], offline: [] },
      ]
      for (const message of greetings) connection.sendStateless(JSON.stringify(message))
      return Promise.resolve()
    },
    onDisconnect({ context }: onDisconnectPayload<SyncContext>) {
      const { session } = context
      if (session?.address.kind !== 'user') return Promise.resolve()
      const { userId } = session.identity
      setTimeout(() => leave(userId), GRACE_MS).unref()
      return Promise.resolve()
    },
  }

  return {
    extension,
    isOnline: (userId) => online.has(userId),
    close() {
      isClosed = true
      clearTimeout(timer)
      online.forEach(noteLeft)
      online.clear()
    },
  }
}
