/**
 * `/sync`: Hocuspocus with each concern in its own extension, in the order in which they run.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Hocuspocus } from '@hocuspocus/server'
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationAccess } from '../../shared/guard/actor.ts'
import type { UserId } from '../../shared/ids.ts'
import type { Authenticate, Credential } from '../auth/authenticate.ts'
import type { Config } from '../config/config.ts'
import type { Engine } from '../journal/open-engine.ts'
import { createAuthenticateExtension } from './authenticate-document.ts'
import { createAwarenessLimit } from './awareness-limit.ts'
import { createGuardHook } from './guard-hook.ts'
import { createHeldDocuments, type HeldDocuments } from './held-documents.ts'
import { createLiveNotifier, type SyncNotifier } from './live-notifier.ts'
import { createPersistence } from './persistence.ts'
import { createPresence } from './presence.ts'
import { watchExpiry } from './session-expiry.ts'
import type { SyncContext } from './sync-session.ts'
import { createTokenBuckets } from './token-bucket.ts'
import { createTyping } from './typing.ts'
import { createSyncUpgrade } from './upgrade.ts'

export interface SyncDeps {
  config: Config
  engine: Engine
  authenticate: Authenticate
  readAccess: (userId: UserId, conversation: Conversation) => ConversationAccess
  /** When a credential ends, ms UTC; undefined when it has ended, null when it never does. */
  credentialEnd: (credential: Credential) => number | null | undefined
  generation: () => number
  now: () => number
  addressOf: (request: IncomingMessage) => string
  onLeft: (userId: UserId) => void
  onUnexpected: (error: unknown) => void
}

export interface Sync {
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  notifier: SyncNotifier
  withDocument: HeldDocuments['withDocument']
  /** Ends all connections and stores what is in memory; the journal has it all in any case. */
  close: () => Promise<void>
}

const SNAPSHOT_DELAY_MS = 10_000
const MAX_SNAPSHOT_DELAY_MS = 60_000
const IDLE_TIMEOUT_MS = 60_000
const TYPING_RATE = { capacity: 20, perSecond: 4 }

export function createSync(deps: SyncDeps): Sync {
  const { config, engine, now } = deps
  const { limits } = config
  const hocuspocus: Hocuspocus<SyncContext> = new Hocuspocus<SyncContext>({
    quiet: true,
    timeout: IDLE_TIMEOUT_MS,
    debounce: SNAPSHOT_DELAY_MS,
    maxDebounce: MAX_SNAPSHOT_DELAY_MS,
    maxPendingDocuments: limits.documentsPerSocket,
    extensions: [
      createAuthenticateExtension({
        authenticate: deps.authenticate,
        readAccess: deps.readAccess,
        documentsPerSocket: limits.documentsPerSocket,
        connectionsPerPerson: limits.connectionsPerPerson,
      }),
      ...createPersistence(engine),
      createGuardHook({
        admission: engine.admission,
        updateRate: createTokenBuckets({ ...limits.updates, now }),
        onUnexpected: deps.onUnexpected,
      }),
      createTyping({ rate: createTokenBuckets({ ...TYPING_RATE, now }), now }),
      createPresence({
        hocuspocus: () => hocuspocus,
        now,
        generation: deps.generation,
        onLeft: deps.onLeft,
      }),
      createAwarenessLimit(),
    ],
  })
  const upgrade = createSyncUpgrade({
    hocuspocus,
    publicUrl: config.http.publicUrl,
    maxFrameBytes: limits.maxFrameBytes,
    connectionsPerAddress: limits.connectionsPerAddress,
    frameRate: createTokenBuckets({ ...limits.frames, now }),
    addressOf: deps.addressOf,
  })
  const held = createHeldDocuments(hocuspocus)
  const notifier = createLiveNotifier({ hocuspocus, readAccess: deps.readAccess })
  const stopWatching = watchExpiry({
    sockets: upgrade.sockets,
    notifier,
    credentialEnd: deps.credentialEnd,
    now,
  })

  return {
    handleUpgrade: upgrade.handle,
    notifier,
    withDocument: held.withDocument,
    async close() {
      stopWatching()
      engine.admission.settle()
      upgrade.close()
      await held.releaseAll()
      for (const name of hocuspocus.documents.keys()) {
        if (!name.startsWith('user:')) engine.storeSnapshot(name)
      }
    },
  }
}
