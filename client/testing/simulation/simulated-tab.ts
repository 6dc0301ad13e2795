/** One tab of a device in a history: the real engine in a process of its own, over the network. */
import { WebSocket } from 'ws'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import type { ConversationHandle, Engine } from '../../engine/engine-interface.ts'
import { openEngine } from '../../engine/open-engine.ts'
import type { Device } from './devices.ts'
import type { MemoryConnection, MemoryNetwork } from './memory-network.ts'
import { ORIGIN } from './simulated-server.ts'
import { virtualTime, type SimulatedProcess } from './virtual-time.ts'

export interface Participant {
  name: string
  userId: UserId
  /** What the browsers of this person bring, when they connect. */
  cookie: string
  /** Signed out, and not in again yet. */
  isSignedOut: boolean
}

export interface SimulatedDevice {
  person: Participant
  device: Device
  /** How wrong its clock is. */
  skewMs: number
  isOnline: boolean
  connections: Set<MemoryConnection>
  tabs: SimulatedTab[]
}

export interface SimulatedTab {
  process: SimulatedProcess
  engine: Engine
  handle: ConversationHandle
  /** Written a moment ago: a crash now may take it along. */
  fresh: Set<MessageId>
  close: () => Promise<void>
}

export async function openTab(
  network: MemoryNetwork,
  device: SimulatedDevice,
  conversation: Conversation,
): Promise<SimulatedTab> {
  const { person, connections } = device
  const process = device.device.openTab()
  class BrowserWebSocket extends WebSocket {
    constructor() {
      super(`${ORIGIN.replace('http', 'ws')}/sync`, {
        headers: { cookie: person.cookie, origin: ORIGIN },
        createConnection: () =>
          network.connect({
            process,
            isOnline: () => device.isOnline && process.isAlive,
            connections,
          }),
      })
      this.on('error', () => undefined)
    }
  }
  const engine = await virtualTime.finish(
    process.run(() =>
      openEngine({
        userId: person.userId,
        syncUrl: 'ws://chat.test/sync',
        webSocket: BrowserWebSocket,
        now: () => Date.now() + device.skewMs,
        onStorageFailure(error) {
          if (process.isAlive) throw error
        },
      }),
    ),
  )
  const handle = process.run(() => {
    const opened = engine.openConversation(conversation)
    engine.keepCopies([conversation])
    return opened
  })
  const tab: SimulatedTab = {
    process,
    engine,
    handle,
    fresh: new Set(),
    async close() {
      await virtualTime.finish(
        process.run(() => {
          handle.close()
          return engine.close()
        }),
      )
      process.kill()
    },
  }
  return tab
}
