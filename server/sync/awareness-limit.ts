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
    beforeHandleAwareness(payload: beforeHandleAwarenessPayload<SyncContext>) {
      const { awareness, documentName, states } = payload
      const isOwnDocument = documentName.startsWith('user:')
      if (!isOwnDocument || states.size > MAX_STATES) states.clear()
      let room = MAX_STATES - awareness.getStates().size
      for (const [clientId, state] of states) {
        const isTooMany = !awareness.getStates().has(clientId) && --room < 0
        if (isTooMany || JSON.stringify(state).length > MAX_STATE_LENGTH) states.delete(clientId)
      }
      return Promise.resolve()
    },
  }
}
