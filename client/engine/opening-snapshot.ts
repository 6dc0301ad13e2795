/** What a conversation shows before anything of it was read. */
import type { ConversationSnapshot } from './engine-interface.ts'

export const openingSnapshot: ConversationSnapshot = {
  phase: 'loading',
  denial: undefined,
  messages: [],
  undelivered: [],
  typing: [],
  older: 'none',
  newer: 'none',
  thread: undefined,
}
