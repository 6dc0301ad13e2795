/** Browsers in memory: what the tabs of one device share, and nobody else sees. */
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import {
  createProcess,
  currentProcess,
  shareByProcess,
  type SimulatedProcess,
} from './virtual-time.ts'

export interface Device {
  readonly indexedDB: IDBFactory
  openTab: () => SimulatedProcess
}

interface Channel extends EventTarget {
  postMessage: (data: unknown) => void
  close: () => void
}

shareByProcess('indexedDB')
shareByProcess('BroadcastChannel')

export function createDevice(): Device {
  const indexedDB = createIndexedDB()
  const channels = new Map<string, Set<Channel>>()

  /** As in a browser: heard by all others of this name, a little later. */
  function openChannel(name: string): Channel {
    const owner = currentProcess()
    const named = channels.get(name) ?? new Set<Channel>()
    channels.set(name, named)
    const channel: Channel = Object.assign(new EventTarget(), {
      postMessage(data: unknown) {
        if (owner?.isAlive !== true) return
        for (const other of named) if (other !== channel) hear(other, structuredClone(data))
      },
      close: () => void named.delete(channel),
      owner,
    })
    named.add(channel)
    listeners.set(channel, owner)
    return channel
  }

  const listeners = new WeakMap<Channel, SimulatedProcess | undefined>()
  function hear(channel: Channel, data: unknown): void {
    const owner = listeners.get(channel)
    owner?.run(() =>
      setTimeout(() => channel.dispatchEvent(new MessageEvent('message', { data })), 1),
    )
  }

  return {
    indexedDB,
    openTab: () =>
      createProcess({
        keepsImmediates: true,
        globals: {
          indexedDB,
          // `new` on a function that answers an object gives that object.
          BroadcastChannel: function BroadcastChannel(name: string) {
            return openChannel(name)
          },
        },
      }),
  }
}

/** Whatever is asked of it never comes. */
const nothing = new Proxy(Object, {
  get: () => nothing,
  apply: () => nothing,
  set: () => true,
}) as never // stands for a transaction of which nobody hears

/** What a tab has begun to store is stored when it dies; it begins nothing afterwards. */
function createIndexedDB(): IDBFactory {
  const factory = new IDBFactory()
  const open = factory.open.bind(factory)
  factory.open = (name, version) => {
    const owner = currentProcess()
    const request = version === undefined ? open(name) : open(name, version)
    request.addEventListener('success', () => {
      const database = request.result
      const transaction = database.transaction.bind(database)
      database.transaction = (...args) => {
        return owner?.isAlive === false ? nothing : transaction(...args)
      }
    })
    return request
  }
  return factory
}
