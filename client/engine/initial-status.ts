/** What an engine says of itself before it knows anything. */
import type { EngineStatus } from './engine-interface.ts'

export const initialStatus: EngineStatus = {
  connection: 'connecting',
  pendingCount: 0,
  refusedCount: 0,
  refusedIn: [],
  missingCopies: 0,
  storage: 'disk',
  storageTrouble: undefined,
  isShortOfSpace: false,
  needsSignIn: false,
}
