/**
 * Awareness is the heartbeat of a person's own document and nothing else: in a conversation every
 * client would repeat itself to all others every 15 seconds.
 */
import type { beforeHandleAwarenessPayload, Extension } from '@hocuspocus/server'
import type { SyncContext } from './sync-session.ts'

const MAX_STATES = 32
const MAX_STATE_LENGTH = 2_000

export function createAwarenessLimit(): Extension<SyncContext> {
  return {
    extensionName: 'awareness-limit',
    beforeHandleAwareness({ documentName, states }: beforeHandleAwarenessPayload<SyncContext>) {
      const isOwnDocument = documentName.startsWith('user:')
      if (!isOwnDocument || states.size > MAX_STATES) states.clear()
      for (const [clientId, state] of states) {
        if (JSON.stringify(state).length > MAX_STATE_LENGTH) states.delete(clientId)
      }
      return Promise.resolve()
    },
  }
}
