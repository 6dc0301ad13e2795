/** What the parts of one open conversation share. */
import { createContext, use } from 'react'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId } from '../../../shared/ids.ts'
import type { ConversationHandle, ConversationSnapshot } from '../../engine/engine-interface.ts'
import type { ConversationFacts } from '../../store/use-conversation-facts.ts'
import type { Editing } from './use-editing.ts'

export interface ConversationView {
  conversation: Conversation
  facts: ConversationFacts
  snapshot: ConversationSnapshot
  /** Undefined for the moment that opening takes. */
  handle: ConversationHandle | undefined
  /** When the newest messages arrived, by id. */
  arrivals: ReadonlyMap<string, number>
  /** When messages that came much later than they were written arrived, by id. */
  lateArrivals: ReadonlyMap<string, number>
  editing: Editing
  /** Opens a message of this conversation, wherever it stands. */
  goTo: (messageId: MessageId) => void
  /** The message that was written last on this screen: lists go to it. */
  writtenId: MessageId | undefined
  onWritten: (messageId: MessageId) => void
  /** Says, on the screen and to screen readers, what has been done. */
  announce: (text: string) => void
}

export const ConversationContext = createContext<ConversationView | undefined>(undefined)

export function useConversationView(): ConversationView {
  const view = use(ConversationContext)
  if (view === undefined) throw new Error('No ConversationPage above')
  return view
}
