/**
 * `/sync` and `/yjs`: Hocuspocus with each concern in its own extension, in the order in which they
 * run.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Hocuspocus } from '@hocuspocus/server'
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationAccess } from '../../shared/guard/actor.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { Authenticate, Credential } from '../auth/authenticate.ts'
import type { Config } from '../config/config.ts'
import type { Attention } from '../projection/notify/attention.ts'
import type { Engine } from '../journal/open-engine.ts'
import { createAuthenticateExtension } from './authenticate-document.ts'
import { createAwarenessLimit } from './awareness-limit.ts'
import { createCompress } from './compress-frames.ts'
import { createGuardHook } from './guard-hook.ts'
import { createHeldDocuments, type HeldDocuments } from './held-documents.ts'
import { createHocuspocusSession } from './hocuspocus-session.ts'
import { createLooking } from './looking.ts'
import { createLiveNotifier, type SyncNotifier } from './live-notifier.ts'
import { createPersistence } from './persistence.ts'
import { createPlainYjs } from './plain/create-plain-yjs.ts'
import { isPlainYjsPath } from './plain/plain-yjs-path.ts'
import { createPresence } from './presence.ts'
import { createSegmentNews } from './segment-news.ts'
import { watchExpiry } from './session-expiry.ts'
import type { SyncContext } from './sync-session.ts'
import { createTokenBuckets } from './token-bucket.ts'
import { createTyping } from './typing.ts'
import { createSyncUpgrade, type UpgradeDeps } from './upgrade.ts'

export interface SyncDeps {
  config: Config
  engine: Engine
  authenticate: Authenticate
  readAccess: (userId: UserId, conversation: Conversation) => ConversationAccess
  /** When a credential ends, ms UTC; undefined when it has ended, null when it never does. */
  credentialEnd: (credential: Credential) => number | null | undefined
  generation: () => number
  now: () => number
  networkOf: UpgradeDeps['networkOf']
  originOf: UpgradeDeps['originOf']
  onLeft: (userId: UserId) => void
  onRefused: (code: ErrorCode) => void
  onUnexpected: (error: unknown) => void
}

export interface Sync {
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  notifier: SyncNotifier
  /** Who is here, and what they have before their eyes. */
  attention: Attention
  withDocument: HeldDocuments['withDocument']
  /** Open WebSockets by protocol, and documents in memory. */
  counts: () => { sockets: { sync: number; yjs: number }; openDocuments: number }
  /** Ends all connections and stores what is in memory; the journal has it all in any case. */
  close: () => Promise<void>
}

const SNAPSHOT_DELAY_MS = 10_000
const MAX_SNAPSHOT_DELAY_MS = 60_000
const IDLE_TIMEOUT_MS = 60_000
/** A person's browsers, all back after a restart, bring at most one backlog for each document. */
const BACKLOG_RATE = { capacity: 2_000, perSecond: 10 }
const MAX_PENDING_REFUSALS = 1_000
const CLOSE_TIMEOUT_MS = 2_000
/** Every browser asks once per conversation when it connects. */
const QUESTION_RATE = { capacity: 4_000, perSecond: 20 }
const TYPING_RATE = { capacity: 20, perSecond: 4 }
const AWARENESS_RATE = { capacity: 200, perSecond: 20 }
const LOOKING_RATE = { capacity: 40, perSecond: 4 }

export function createSync(deps: SyncDeps): Sync {
  const { config, engine, now, onUnexpected } = deps
  const { limits } = config
  const persistence = createPersistence({ engine, onUnexpected })
  const presence = createPresence({
    hocuspocus: () => hocuspocus,
    now,
    generation: deps.generation,
    onLeft: deps.onLeft,
    onUnexpected,
  })
  const typing = createTyping({
    hocuspocus: () => hocuspocus,
    newestSegment: engine.segments.newest,
    rate: createTokenBuckets({ ...TYPING_RATE, now }),
    now,
  })
  const segmentNews = createSegmentNews({
    hocuspocus: () => hocuspocus,
    segments: engine.segments,
    rate: createTokenBuckets({ ...QUESTION_RATE, now }),
    onUnexpected,
  })
  engine.onDocument(segmentNews.onDocument, onUnexpected)
  const plainYjs = createPlainYjs({
    hocuspocus: () => hocuspocus,
    ownerOf: engine.journal.clientOwner,
    awarenessRate: createTokenBuckets({ ...AWARENESS_RATE, now }),
  })
  const looking = createLooking({ rate: createTokenBuckets({ ...LOOKING_RATE, now }) })
  const hocuspocus: Hocuspocus<SyncContext> = new Hocuspocus<SyncContext>({
    quiet: true,
    timeout: IDLE_TIMEOUT_MS,
    debounce: SNAPSHOT_DELAY_MS,
    maxDebounce: MAX_SNAPSHOT_DELAY_MS,
    // Those above the limit are refused one by one; Hocuspocus would end the whole socket.
    maxPendingDocuments: limits.documentsPerSocket + MAX_PENDING_REFUSALS,
    extensions: [
      createAuthenticateExtension({
        authenticate: deps.authenticate,
        readAccess: deps.readAccess,
        credentialEnd: deps.credentialEnd,
        newestSegment: engine.segments.newest,
        documentsPerSocket: limits.documentsPerSocket,
        connectionsPerPerson: limits.connectionsPerPerson,
        plainConnectionsPerPerson: limits.plainConnectionsPerPerson,
        onRefused: deps.onRefused,
        onUnexpected,
      }),
      ...persistence.extensions,
      createGuardHook({
        admission: engine.admission,
        updateRate: createTokenBuckets({ ...limits.updates, now }),
        backlogRate: createTokenBuckets({ ...BACKLOG_RATE, now }),
        now,
        onRefused: deps.onRefused,
        onUnexpected,
      }),
      typing.extension,
      segmentNews.extension,
      presence.extension,
      looking.extension,
      createAwarenessLimit(),
      plainYjs.extension,
    ],
  })
  const hocuspocusSession = createHocuspocusSession({ hocuspocus, compress: createCompress() })
  const upgrade = createSyncUpgrade({
    sessionAt(path) {
      if (path === '/sync') return hocuspocusSession
      return isPlainYjsPath(path) ? plainYjs.openSession : undefined
    },
    publicUrl: config.http.publicUrl,
    maxFrameBytes: limits.maxFrameBytes,
    maxBufferedBytes: limits.maxBufferedBytes,
    connectionsPerAddress: limits.connectionsPerAddress,
    frameRate: createTokenBuckets({ ...limits.frames, now }),
    networkOf: deps.networkOf,
    originOf: deps.originOf,
    onUnexpected,
  })
  const held = createHeldDocuments(hocuspocus)
  const notifier = createLiveNotifier({
    hocuspocus,
    readAccess: deps.readAccess,
    showTyping: typing.show,
  })
  const stopWatching = watchExpiry({
    sockets: upgrade.sockets,
    notifier,
    credentialEnd: deps.credentialEnd,
    now,
    onUnexpected,
  })

  function storeAll(): void {
    for (const name of hocuspocus.documents.keys()) {
      try {
        if (!name.startsWith('user:')) engine.storeSnapshot(name)
      } catch (error) {
        onUnexpected(error) // the journal has it; the others still get their snapshot
      }
    }
  }

  return {
    handleUpgrade: upgrade.handle,
    notifier,
    attention: { isOnline: presence.isOnline, isLooking: looking.isLooking },
    withDocument: held.withDocument,
    counts() {
      const all = [...upgrade.sockets()]
      const yjs = all.filter(({ path }) => isPlainYjsPath(path)).length
      return {
        sockets: { sync: all.length - yjs, yjs },
        openDocuments: hocuspocus.documents.size,
      }
    },
    async close() {
      stopWatching()
      // What has arrived is answered before its socket closes.
      engine.admission.settle()
      await upgrade.close(CLOSE_TIMEOUT_MS)
      plainYjs.close()
      presence.close()
      await held.releaseAll()
      engine.admission.settle()
      storeAll()
      persistence.close()
    },
  }
}
