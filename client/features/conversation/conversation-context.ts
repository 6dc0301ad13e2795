/** What the parts of one open conversation share. */
import { createContext, use } from 'react'
import type { Conversation } from '../../../shared/document/names.ts'
import type { ConversationHandle, ConversationSnapshot } from '../../engine/engine-interface.ts'
import type { ConversationFacts } from '../../store/use-conversation-facts.ts'
import type { Editing } from './use-editing.ts'

export interface ConversationView {
  conversation: Conversation
  facts: ConversationFacts
  snapshot: ConversationSnapshot
  /** Undefined for the moment that opening takes. */
  handle: ConversationHandle | undefined
  /** When messages that came much later than they were written arrived, by id. */
  lateArrivals: ReadonlyMap<string, number>
  editing: Editing
}

export const ConversationContext = createContext<ConversationView | undefined>(undefined)

export function useConversationView(): ConversationView {
  const view = use(ConversationContext)
  if (view === undefined) throw new Error('No ConversationPage above')
  return view
}
