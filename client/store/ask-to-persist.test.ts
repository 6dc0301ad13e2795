import { expect, test } from 'vitest'
import type { EngineStatus } from '../engine/engine-interface.ts'
import { createObservable } from '../engine/observable-value.ts'
import { askToPersist } from './ask-to-persist.ts'

const initial: EngineStatus = {
  connection: 'online',
  pendingCount: 0,
  refusedCount: 0,
  refusedIn: [],
  missingCopies: 0,
  storage: 'disk',
  storageTrouble: undefined,
  isShortOfSpace: false,
  needsSignIn: false,
}

function fail(error: unknown): never {
  throw error
}

test.for([
  { isPersisted: false, asked: 1 },
  { isPersisted: true, asked: 0 },
])(
  'P5 the browser is asked to keep what there is with the first thing written (kept already: $isPersisted)',
  async ({ isPersisted, asked }) => {
    let questions = 0
    let looks = 0
    const status = createObservable(initial)
    const storage = {
      persisted() {
        looks += 1
        return Promise.resolve(isPersisted)
      },
      persist() {
        questions += 1
        return Promise.resolve(true)
      },
    }
    askToPersist(status, storage, fail)
    status.set({ ...initial, connection: 'syncing' })
    expect(looks).toBe(0)
    status.set({ ...initial, pendingCount: 1 })
    status.set({ ...initial, pendingCount: 2 })
    await expect.poll(() => questions).toBe(asked)
    expect(looks).toBe(1)
  },
)
