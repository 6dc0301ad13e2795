import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openSyncSocket } from './open-socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A network in which connecting succeeds at most, and nothing ever arrives. */
function createSilentNetwork(opens: boolean) {
  const attempts: EventTarget[] = []
  class SilentWebSocket extends EventTarget {
    readyState = 0
    constructor() {
      super()
      attempts.push(this)
      if (!opens) return
      setTimeout(() => {
        this.readyState = 1
        this.dispatchEvent(new Event('open'))
      }, 10)
    }
    send(): void {}
    close(): void {}
  }
  return { attempts, SilentWebSocket }
}

test.for([false, true])(
  'P5 a connection from which nothing comes is given up for another; opened: %s',
  async (opens) => {
    const { attempts, SilentWebSocket } = createSilentNetwork(opens)
    const nothing = (): void => undefined
    const socket = openSyncSocket({
      url: 'ws://server.test/sync',
      webSocket: SilentWebSocket,
      onConnected: nothing,
      onConnecting: nothing,
      onDisconnected: nothing,
    })
    await vi.advanceTimersByTimeAsync(19_000)
    expect(attempts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(attempts.length).toBeGreaterThan(1)
    socket.close()
  },
)
