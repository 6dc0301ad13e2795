/** Engines of people in a test: real ones, against a real server, over a network that can fail. */
import 'fake-indexeddb/auto'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { TestPerson, TestServer } from '../../server/testing/running-server.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type {
  ConversationHandle,
  ConversationSnapshot,
  Engine,
} from '../engine/engine-interface.ts'
import { openEngine } from '../engine/open-engine.ts'

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
  /** The network between this browser and the server. */
  setOnline: (isOnline: boolean) => void
  /** The cookie that the next connection brings. */
  signInAgain: (person: TestPerson) => void
  close: () => Promise<void>
}

export interface TestEngineOptions {
  isOnline?: boolean
  now?: () => number
  /** What the disk could not keep; without it, a failure fails the test. */
  onStorageFailure?: (error: unknown) => void
  estimate?: () => Promise<{ usage?: number; quota?: number }>
}

/** Where nobody listens: connecting fails at once. */
const NOWHERE = 'ws://127.0.0.1:1/sync'

/** The network between one browser and the server. */
export interface TestNetwork {
  /** In place of the browser's WebSocket. */
  webSocket: unknown
  openSockets: () => number
  setOnline: (isOnline: boolean) => void
  /** The cookie that the next connection brings. */
  setPerson: (person: TestPerson) => void
}

export function createTestNetwork(
  server: TestServer,
  person: TestPerson,
  isOnlineFirst: boolean,
): TestNetwork {
  let isOnline = isOnlineFirst
  let { cookie } = person
  const sockets = new Set<WebSocket>()
  class BrowserWebSocket extends WebSocket {
    constructor() {
      const address = isOnline ? `${server.url.replace('http', 'ws')}/sync` : NOWHERE
      super(address, { headers: { cookie, origin: server.url } })
      sockets.add(this)
      this.on('error', () => undefined)
      this.on('close', () => sockets.delete(this))
    }
  }
  return {
    webSocket: BrowserWebSocket,
    openSockets: () =>
      [...sockets].filter(({ readyState }) => readyState === WebSocket.OPEN).length,
    setOnline(next) {
      isOnline = next
      if (!next) for (const socket of sockets) socket.terminate()
    },
    setPerson(next) {
      cookie = next.cookie
    },
  }
}

export async function openTestEngine(
  server: TestServer,
  person: TestPerson,
  conversation: Conversation,
  options: TestEngineOptions = {},
): Promise<TestEngine> {
  const network = createTestNetwork(server, person, options.isOnline ?? true)
  const engine = await openEngine({
    userId: person.userId,
    syncUrl: 'ws://server.test/sync',
    webSocket: network.webSocket,
    onStorageFailure(error) {
      if (options.onStorageFailure === undefined) throw error
      options.onStorageFailure(error)
    },
    estimate: options.estimate,
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const handle = engine.openConversation(conversation)
  return {
    engine,
    handle,
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
