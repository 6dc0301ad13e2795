/**
 * Devices of one person in a test: engines in one process that share neither a disk nor a channel
 * between tabs. What one of them does, and all that follows from it, sees its own device alone.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import type { TestPerson, TestServer } from '../../server/testing/running-server.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { openTestEngine, type TestEngine, type TestEngineOptions } from './engine-kit.ts'

export interface TestDevice {
  /** Names of the databases on its disk. */
  databaseNames: () => Promise<string[]>
  open: (
    person: TestPerson,
    conversation: Conversation,
    options?: TestEngineOptions,
  ) => Promise<TestEngine>
}

interface Globals {
  indexedDB: IDBFactory
  BroadcastChannel: typeof BroadcastChannel
}

const current = new AsyncLocalStorage<Globals>()
for (const name of ['indexedDB', 'BroadcastChannel'] as const) {
  const { [name]: shared } = globalThis
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => current.getStore()?.[name] ?? shared,
  })
}
const SharedChannel = BroadcastChannel
let count = 0

export function createTestDevice(server: TestServer): TestDevice {
  count += 1
  const prefix = `device ${count}: `
  const globals = {
    indexedDB: new IDBFactory(),
    BroadcastChannel: class extends SharedChannel {
      constructor(name: string) {
        super(prefix + name)
      }
    },
  }

  /** The same object, whose functions run on this device. */
  function onDevice<Described extends object>(described: Described): Described {
    const entries = Object.entries(described).map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'function') return [name, value]
      return [name, (...args: unknown[]): unknown => current.run(globals, () => value(...args))]
    })
    return Object.fromEntries(entries) as Described // the same names and signatures
  }

  return {
    databaseNames: async () =>
      (await globals.indexedDB.databases()).flatMap(({ name }) =>
        name === undefined ? [] : [name],
      ),
    async open(person, conversation, options) {
      const opened = await current.run(globals, () =>
        openTestEngine(server, person, conversation, options),
      )
      return onDevice({
        ...opened,
        engine: onDevice(opened.engine),
        handle: onDevice(opened.handle),
      })
    },
  }
}
