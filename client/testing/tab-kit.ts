/**
 * Tabs of one browser in a test: real engines and a real server, over doubles of what the browser
 * gives its tabs, so that a tab can freeze, or die in the middle of anything.
 */
import type { TestPerson, TestServer } from '../../server/testing/running-server.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { StorageError } from '../engine/storage/storage-trouble.ts'
import { openSharedEngine } from '../engine/tabs/open-shared-engine.ts'
import type { TabPlatform } from '../engine/tabs/tab-platform.ts'
import { createTestNetwork, type TestEngine } from './engine-kit.ts'

export interface TestTab extends TestEngine {
  /** Connections that this tab holds to the server. */
  openSockets: () => number
  setVisible: (isVisible: boolean) => void
  isLeader: () => boolean
  /** From now on nothing reaches this tab, or nothing leaves it. */
  cut: (what: 'incoming' | 'outgoing') => void
  /** It does nothing any more, and holds its locks: what it is told waits until it goes on. */
  freeze: () => void
  goOn: () => void
  /** It is gone without another instruction of its own. */
  die: () => void
}

export interface TestTabOptions {
  version?: string
  isOnline?: boolean
  isVisible?: boolean
}

export interface TestBrowser {
  openTab: (options?: TestTabOptions) => Promise<TestTab>
  /** What is in localStorage. */
  storedKeys: () => string[]
  storage: TabPlatform['storage']
  close: () => Promise<void>
}

export function createTestBrowser(
  server: TestServer,
  person: TestPerson,
  conversation: Conversation,
): TestBrowser {
  const stored = new Map<string, string>()
  const storage = storageOf(stored)
  const closers: (() => Promise<void>)[] = []
  return {
    storage,
    storedKeys: () => [...stored.keys()],
    async openTab({ version = '1', isOnline = true, isVisible = true } = {}) {
      const network = createTestNetwork(server, person, { isOnline, hasSync: true })
      const double = createTabDouble(storage, isVisible)
      const engine = await openSharedEngine({
        userId: person.userId,
        syncUrl: 'ws://server.test/sync',
        webSocket: network.webSocket,
        history: network.history,
        onStorageFailure(error) {
          // Signing out in another tab is no fault of the disk.
          if (!(error instanceof StorageError) || error.trouble !== 'erased') throw error
        },
        platform: double.platform,
        version,
      })
      const handle = engine.openConversation(conversation)
      async function close(): Promise<void> {
        handle.close()
        await engine.close()
      }
      closers.push(close)
      return {
        engine,
        handle,
        requests: network.requests,
        openSockets: network.openSockets,
        setOnline(next) {
          network.setOnline(next)
          // Who holds the connection makes it anew; asked by each tab, it would be made so often.
          if (next && double.isLeader()) engine.reconnect()
        },
        signInAgain(again) {
          network.setPerson(again)
          engine.reconnect()
        },
        setVisible: double.setVisible,
        isLeader: double.isLeader,
        cut: double.cut,
        freeze: double.freeze,
        goOn: double.goOn,
        die() {
          network.setOnline(false)
          double.die()
        },
        close,
      }
    },
    async close() {
      await Promise.all(closers.map((close) => close()))
    },
  }
}

interface TabDouble extends Pick<
  TestTab,
  'setVisible' | 'isLeader' | 'cut' | 'freeze' | 'goOn' | 'die'
> {
  platform: TabPlatform
}

function createTabDouble(storage: TabPlatform['storage'], isVisibleFirst: boolean): TabDouble {
  const listeners = new Set<() => void>()
  const channels = new Set<BroadcastChannel>()
  const dying = new AbortController()
  const held = new Set<string>()
  let isVisible = isVisibleFirst
  let hears = true
  let speaks = true
  /** What a frozen tab was told, in order. */
  let waiting: (() => void)[] | undefined

  const receive = (act: () => void): void => {
    if (!hears) return
    if (waiting === undefined) act()
    else waiting.push(act)
  }
  const never = new Promise<never>(() => undefined)

  async function request<Result>(
    name: string,
    options: LockOptions,
    callback: (lock: Lock | null) => Result,
  ): Promise<Awaited<Result>> {
    const signals = [dying.signal, ...(options.signal === undefined ? [] : [options.signal])]
    // A request that takes its lock, or only looks, cannot be called off.
    const isImmediate = options.steal === true || options.ifAvailable === true
    const asked = isImmediate ? options : { ...options, signal: AbortSignal.any(signals) }
    const died = new Promise<void>((resolve) =>
      dying.signal.addEventListener('abort', () => resolve()),
    )
    try {
      return await navigator.locks.request(name, asked, (lock) => {
        if (dying.signal.aborted) return never
        if (lock !== null) held.add(name)
        // The browser frees the locks of a tab that is gone.
        return Promise.race([Promise.resolve(callback(lock)), died.then(() => undefined as never)]) // nobody is left to read it
      })
    } catch (error) {
      held.delete(name)
      if (dying.signal.aborted) return never
      if (waiting !== undefined) await new Promise<void>((resolve) => waiting?.push(resolve))
      throw error
    }
  }

  return {
    platform: {
      locks: {
        request: ((name: string, ...rest: unknown[]) => {
          const callback = rest.at(-1) as (lock: Lock | null) => unknown // always the last
          const options = (rest.length > 1 ? rest[0] : {}) as LockOptions // always the one between
          return request(name, options, callback)
        }) as LockManager['request'], // its overloads say the same in two ways
      },
      openChannel(name, onMessage) {
        const channel = new BroadcastChannel(name)
        channels.add(channel)
        channel.addEventListener('message', ({ data }: MessageEvent<unknown>) =>
          receive(() => onMessage(data)),
        )
        return {
          post(message) {
            if (speaks && waiting === undefined) channel.postMessage(message)
          },
          close() {
            channels.delete(channel)
            channel.close()
          },
        }
      },
      storage: {
        ...storage,
        get length() {
          return storage.length
        },
        setItem: (key, value) => (dying.signal.aborted ? undefined : storage.setItem(key, value)),
        removeItem: (key) => (dying.signal.aborted ? undefined : storage.removeItem(key)),
      },
      isVisible: () => isVisible && waiting === undefined,
      onVisibilityChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    isLeader: () => [...held].some((name) => name.endsWith('-leader')),
    setVisible(next) {
      isVisible = next
      for (const listener of listeners) listener()
    },
    cut(what) {
      if (what === 'incoming') hears = false
      else speaks = false
    },
    freeze() {
      waiting = []
    },
    goOn() {
      const acts = waiting ?? []
      waiting = undefined
      for (const act of acts) act()
    },
    die() {
      hears = false
      speaks = false
      isVisible = false
      for (const channel of channels) channel.close()
      dying.abort()
    },
  }
}

function storageOf(stored: Map<string, string>): TabPlatform['storage'] {
  return {
    get length() {
      return stored.size
    },
    key: (index) => [...stored.keys()][index] ?? null,
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  }
}
