/** Builds the running server out of its parts; the one function that wires them. */
import { setTimeout as after } from 'node:timers/promises'
import type { RequestListener, Server } from 'node:http'
import type { Agent } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { servePeople } from './admin/people/serve-people.ts'
import { addressOf, networkOf } from './api/client-address.ts'
import { createApi } from './api/create-api.ts'
import { createHttpServer } from './api/http-server.ts'
import { serveClient } from './api/serve-client.ts'
import { readAuthSecret } from './auth/auth-secret.ts'
import { createAuth } from './auth/create-auth.ts'
import { createAuthenticate, createCredentialEnd } from './auth/create-authenticate.ts'
import { userIdSchema } from '../shared/ids.ts'
import type { CommandContext } from './commands/command-context.ts'
import { watchStatusExpiry } from './commands/status-expiry.ts'
import { createNoteSeen } from './commands/note-seen.ts'
import type { Config } from './config/config.ts'
import { isEnvironmental, type openDatabase } from './database/open-database.ts'
import { readGeneration } from './database/read-generation.ts'
import { openFiles } from './files/open-files.ts'
import { openImportDoor } from './import/socket/import-door.ts'
import { openEngine } from './journal/open-engine.ts'
import { createSegmentRoller } from './journal/roll-segments.ts'
import { createConversationWriter } from './journal/write-conversation.ts'
import { listen } from './listen.ts'
import { createMailer } from './mail/mailer.ts'
import type { Notifications } from './notifications/create-notifications.ts'
import { createUnsubscribeLinks } from './notifications/email/unsubscribe-links.ts'
import { openNotifications } from './notifications/open-notifications.ts'
import { readVapidKeys } from './notifications/push/vapid-keys.ts'
import type { Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import { openStore, type OpenStore } from './open-store.ts'
import { unknownAttention } from './projection/notify/attention.ts'
import { createReadConversationAccess } from './queries/conversation-access.ts'
import { createSearch } from './queries/search/create-search.ts'
import { watchRetention } from './retention/watch-retention.ts'
import { StartFault, startStep } from './start-fault.ts'
import { createSync, type Sync } from './sync/create-sync.ts'
import { createTokenBuckets } from './sync/token-bucket.ts'

export interface RunningServer {
  url: string
  /** Ends connections, stores what is in memory and closes the store. */
  close: () => Promise<void>
}

const root = join(import.meta.dirname, '..')
const REQUEST_RATE = { capacity: 600, perSecond: 50 }
const SEARCH_RATE = { capacity: 30, perSecond: 5 }
const REQUEST_END_MS = 2_000
const ROLL_END_MS = 2_000

/** What a test puts in place of the machine's own. */
export interface ServerDoubles {
  now?: () => number
  openDatabase?: typeof openDatabase
  createServer?: (listener: RequestListener) => Server
  /** False where the sockets for commands would be real ones among doubles. */
  takesImports?: boolean
  /** Leads to a push service of the test's own. */
  pushAgent?: Agent
}

/** Throws a StartFault when it cannot start for a reason that its starter can remove. */
export async function startServer(
  config: Config,
  logger: Logger,
  doubles: ServerDoubles = {},
): Promise<RunningServer> {
  const store = openStore(config, doubles.openDatabase)
  try {
    return await serveStore(store, config, logger, doubles)
  } catch (error) {
    await store.close()
    if (!isEnvironmental(error)) throw error
    const reason = error instanceof Error ? error.message : 'unknown reason'
    throw new StartFault(`The database ${config.database.path} cannot be used: ${reason}.`, {
      cause: error,
    })
  }
}

async function serveStore(
  { database, close: closeStore }: OpenStore,
  config: Config,
  logger: Logger,
  { now = Date.now, createServer, takesImports = true, pushAgent }: ServerDoubles,
): Promise<RunningServer> {
  const { sqlite } = database
  const secret = startStep(
    () => readAuthSecret(config),
    (reason) => reason,
  )
  const metrics = createMetrics()
  const vapidKeys = startStep(
    () => readVapidKeys(config),
    (reason) => reason,
  )
  const mailer = createMailer(config)
  const { publicUrl } = config.http
  const unsubscribeLinks = createUnsubscribeLinks({ sqlite, secret, publicUrl })
  // Who is connected, and who is told, exist only with the sync part, which needs authentication first.
  let sync: Sync | undefined
  let notifications: Notifications | undefined
  const engine = openEngine({
    sqlite,
    now,
    onCommitted: metrics.noteCommit,
    onProjectionFailure: (error, documentName) =>
      logger.error({ documentName, error }, 'a document could not be projected'),
    onWriteFailure: (error) => logger.error({ error }, 'changes could not be written'),
    onIndexing: (count) => logger.info({ count }, 'messages are added to the search index'),
    notifications: {
      hasMail: mailer.isConfigured,
      attention: {
        isOnline: (userId) => (sync?.attention ?? unknownAttention).isOnline(userId),
        isLooking: (userId, id) => (sync?.attention ?? unknownAttention).isLooking(userId, id),
      },
      onNotified: (userIds) => notifications?.changed(userIds),
    },
  })

  const guessRate = createTokenBuckets({ ...config.limits.guesses, now })
  const auth = createAuth({
    config,
    secret,
    database,
    mailer,
    logger,
    now,
    onSessionEnded: (sessionId) => sync?.notifier.credentialEnded({ sessionId }),
    onCredentialsEnded: (userId) =>
      sync?.notifier.credentialEnded({ userId: userIdSchema.parse(userId) }),
    onPeopleChanged: () => sync?.notifier.publish('everyone', { topic: 'people' }),
    onPasswordReset: (email) => guessRate.forget(email.toLowerCase()),
  })
  const authenticate = createAuthenticate(auth, sqlite, now)
  const readAccess = createReadConversationAccess(sqlite)
  const noteSeen = createNoteSeen(sqlite, now)
  const running = createSync({
    config,
    engine,
    authenticate,
    readAccess,
    credentialEnd: createCredentialEnd(sqlite),
    generation: () => readGeneration(sqlite),
    now,
    networkOf: (request) => networkOf(addressOf(request, config)),
    originOf: (request) => ({
      ipAddress: addressOf(request, config),
      userAgent: request.headers['user-agent'] ?? null,
    }),
    onLeft: noteSeen,
    onRefused: metrics.noteRefusal,
    onUnexpected: (error) => logger.error({ error }, 'an update failed unexpectedly'),
  })
  sync = running
  metrics.watch(() => ({ ...running.counts(), projection: engine.projectionLag() }))

  const writer = createConversationWriter({
    admission: engine.admission,
    journal: engine.journal,
    documents: engine.documents,
    segments: engine.segments,
    withDocument: running.withDocument,
  })
  const onRollFailure = (error: unknown): void =>
    logger.error({ error }, 'a segment could not be rolled')
  const roller = createSegmentRoller({
    limits: config.limits.segments,
    segments: engine.segments,
    write: writer.writeAsServer,
    onUnexpected: onRollFailure,
  })
  engine.onDocument(roller.consider, onRollFailure)
  const commands: CommandContext = { database, now, notifier: running.notifier, writer }
  const endStatusWatch = watchStatusExpiry({
    ...{ sqlite, now, notifier: running.notifier },
    onUnexpected: (error) => logger.error({ error }, 'a status could not be ended'),
  })
  const retention = watchRetention({
    ...{ sqlite, now, writer, withDocument: running.withDocument },
    storeSnapshot: engine.storeSnapshot,
    intervalMs: config.limits.retentionSweepMs,
    onUnexpected: (error) => logger.error({ error }, 'old messages could not be removed'),
  })
  const search = createSearch({
    databasePath: config.database.path,
    now,
    rate: createTokenBuckets({ ...SEARCH_RATE, now }),
  })
  const files = startStep(
    () =>
      openFiles({
        ...{ sqlite, now, config: config.files },
        mayWrite: (userId, conversation) =>
          readAccess(userId, conversation).writeDenial === undefined,
        uploadsAtOncePerPerson: config.limits.uploadsAtOncePerPerson,
        onUnexpected: (error) => logger.error({ error }, 'files could not be swept'),
      }),
    (reason) => `The folder ${config.files.folder} cannot be used: ${reason}.`,
  )
  const api = createApi({
    commands,
    search,
    files,
    uploadRate: createTokenBuckets({ ...config.limits.uploads, now }),
    readAccess,
    pushKey: vapidKeys.publicKey,
    onErasure: retention.wake,
    auth,
    authenticate,
    metrics,
    metricsToken: config.metrics.token,
    publicUrl,
    unsubscribeLinks,
    requestRate: createTokenBuckets({ ...REQUEST_RATE, now }),
    signInRate: createTokenBuckets({ ...config.limits.signIns, now }),
    guessRate,
    mailToRate: createTokenBuckets({ ...config.limits.mailsTo, now }),
    mailFromRate: createTokenBuckets({ ...config.limits.mailsFrom, now }),
    client: serveClient(join(root, 'dist/client')),
    version: '0.1.0',
    onUnexpected: (error, requestId) => logger.error({ error, requestId }, 'a request failed'),
  })

  const server = createHttpServer({ api, config, createServer })
  server.on('upgrade', running.handleUpgrade)
  try {
    await listen(server, config.http)
  } catch (error) {
    endStatusWatch()
    await retention.close()
    await files.close()
    await running.close()
    mailer.close()
    engine.close()
    throw error
  }
  const notifying = openNotifications({
    ...{ config, sqlite, now, mailer, vapidKeys, logger },
    notifier: running.notifier,
    isOnline: running.attention.isOnline,
    unsubscribeUrl: unsubscribeLinks.urlFor,
    pushAgent,
  })
  notifications = notifying
  const openImports = (): ReturnType<typeof openImportDoor> =>
    openImportDoor({
      ...{ sqlite, now, engine, roller, limits: config.limits.segments, dataDir: config.dataDir },
      writeAsServer: writer.writeAsServer,
      withDocument: running.withDocument,
      notifier: running.notifier,
      onUnexpected: (error) => logger.error({ error }, 'an import failed'),
    })
  const imports = takesImports ? await openImports() : undefined
  const people = takesImports
    ? await servePeople({
        ...{ context: commands, publicUrl, dataDir: config.dataDir },
        onErasure: retention.wake,
        onUnexpected: (error) => logger.error({ error }, "a command on people's accounts failed"),
      })
    : undefined
  const { port } = server.address() as AddressInfo // a TCP server has no other kind of address

  return {
    url: `http://localhost:${port}`,
    async close() {
      endStatusWatch()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.all([imports?.close(), people?.close(), retention.close()])
      // Rolling is taken up again at the next start; nobody waits for one that is stuck.
      await Promise.race([roller.settled(), after(ROLL_END_MS, undefined, { ref: false })])
      await running.close()
      // Requests under way may end; whoever holds a connection open longer does not stop the end.
      const timer = setTimeout(() => server.closeAllConnections(), REQUEST_END_MS)
      server.closeIdleConnections()
      await closed
      clearTimeout(timer)
      await search.close()
      await files.close()
      await notifying.close()
      await auth.close()
      mailer.close()
      engine.close()
      await closeStore()
    },
  }
}
