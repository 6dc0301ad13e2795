/** What an engine says of itself: before it knows anything, and whether that has changed. */
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

export function isSameStatus(one: EngineStatus, other: EngineStatus): boolean {
  return (
    one.connection === other.connection &&
    one.pendingCount === other.pendingCount &&
    one.refusedCount === other.refusedCount &&
    one.refusedIn.map(({ id }) => id).join() === other.refusedIn.map(({ id }) => id).join() &&
    one.missingCopies === other.missingCopies &&
    one.storageTrouble === other.storageTrouble &&
    one.isShortOfSpace === other.isShortOfSpace &&
    one.needsSignIn === other.needsSignIn
  )
}
