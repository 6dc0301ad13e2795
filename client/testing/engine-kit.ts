/** Engines of people in a test: real ones, against a real server, over a network that can fail. */
import 'fake-indexeddb/auto'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { TestPerson, TestServer } from '../../server/testing/running-server.ts'
import { createApiClient } from '../../shared/api/create-api-client.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import type {
  ConversationHandle,
  ConversationSnapshot,
  Engine,
  HistorySource,
} from '../engine/engine-interface.ts'
import { openEngine } from '../engine/open-engine.ts'
import { UnreachableError } from '../store/api-client.ts'
import { createRestHistory } from '../store/rest-history.ts'

/** Node has no window: what a browser says of its network is said here. */
const browserEvents = new EventTarget()
Object.assign(globalThis, {
  addEventListener: browserEvents.addEventListener.bind(browserEvents),
  removeEventListener: browserEvents.removeEventListener.bind(browserEvents),
})

/** The browser's own word on the network, before any socket has noticed. */
export function announceNetwork(isOnline: boolean): void {
  browserEvents.dispatchEvent(new Event(isOnline ? 'online' : 'offline'))
}

export interface TestEngine {
  engine: Engine
  handle: ConversationHandle
  /** What was asked of REST. */
  requests: readonly string[]
  /** The network between this browser and the server. */
  setOnline: (isOnline: boolean) => void
  /** The cookie that the next connection brings. */
  signInAgain: (person: TestPerson) => void
  close: () => Promise<void>
}

export interface TestEngineOptions {
  isOnline?: boolean
  /** False: REST answers, but the socket does not connect until `setOnline`. */
  hasSync?: boolean
  now?: () => number
  /** What the disk could not keep; without it, a failure fails the test. */
  onStorageFailure?: (error: unknown) => void
  estimate?: () => Promise<{ usage?: number; quota?: number }>
  /** How long the chain is, as the directory says. */
  knownSegments?: number
}

/** Where nobody listens: connecting fails at once. */
const NOWHERE = 'ws://127.0.0.1:1/sync'

/** The network between one browser and the server. */
export interface TestNetwork {
  /** In place of the browser's WebSocket. */
  webSocket: unknown
  /** REST as this person's browser reads it. */
  history: HistorySource
  /** What was asked of REST. */
  requests: readonly string[]
  openSockets: () => number
  setOnline: (isOnline: boolean) => void
  /** The cookie that the next connection brings. */
  setPerson: (person: TestPerson) => void
}

export function createTestNetwork(
  server: TestServer,
  person: TestPerson,
  first: { isOnline: boolean; hasSync: boolean },
): TestNetwork {
  let { isOnline, hasSync } = first
  let speaker = person
  const sockets = new Set<WebSocket>()
  const requests: string[] = []
  class BrowserWebSocket extends WebSocket {
    constructor() {
      const address = isOnline && hasSync ? `${server.url.replace('http', 'ws')}/sync` : NOWHERE
      super(address, { headers: { cookie: speaker.cookie, origin: server.url } })
      sockets.add(this)
      this.on('error', () => undefined)
      this.on('close', () => sockets.delete(this))
    }
  }
  return {
    webSocket: BrowserWebSocket,
    openSockets: () =>
      [...sockets].filter(({ readyState }) => readyState === WebSocket.OPEN).length,
    requests,
    history: createRestHistory(
      createApiClient(async ({ method, path }) => {
        if (!isOnline) throw new UnreachableError('There is no network')
        requests.push(path)
        const response = await speaker.request(method, `/api${path}`)
        const body: unknown = await response.json()
        if (!response.ok) throw new AppError(problemSchema.parse(body).code)
        return body
      }),
    ),
    setOnline(next) {
      isOnline = next
      hasSync = next
      if (!next) for (const socket of sockets) socket.terminate()
    },
    setPerson(next) {
      speaker = next
    },
  }
}

export async function openTestEngine(
  server: TestServer,
  person: TestPerson,
  conversation: Conversation,
  options: TestEngineOptions = {},
): Promise<TestEngine> {
  const { isOnline = true, hasSync = true } = options
  const network = createTestNetwork(server, person, { isOnline, hasSync })
  const engine = await openEngine({
    userId: person.userId,
    syncUrl: 'ws://server.test/sync',
    webSocket: network.webSocket,
    onStorageFailure(error) {
      if (options.onStorageFailure === undefined) throw error
      options.onStorageFailure(error)
    },
    estimate: options.estimate,
    history: network.history,
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const { knownSegments: newestSegment = 1 } = options
  engine.noteNewestSegments([{ conversation, newestSegment }])
  const handle = engine.openConversation(conversation)
  return {
    engine,
    handle,
    requests: network.requests,
    setOnline(next) {
      network.setOnline(next)
      if (next) engine.reconnect()
    },
    signInAgain(again) {
      network.setPerson(again)
      engine.reconnect()
    },
    async close() {
      handle.close()
      await engine.close()
    },
  }
}

export async function until(
  { handle }: TestEngine,
  condition: (snapshot: ConversationSnapshot) => boolean,
): Promise<ConversationSnapshot> {
  await expect.poll(() => condition(handle.snapshot())).toBe(true)
  return handle.snapshot()
}

/** What stands on the screen, in order, with where each message stands. */
export function screen({ handle }: TestEngine): string[] {
  return handle
    .snapshot()
    .messages.map(({ record, delivery }) => `${record.content} ${delivery.state}`)
}

/** Everything is delivered, or refused, and all documents are in step with the server. */
export async function untilSettled({ engine }: TestEngine): Promise<void> {
  await expect.poll(() => engine.status.snapshot().pendingCount).toBe(0)
  await expect.poll(() => engine.status.snapshot().connection).toBe('online')
}
