/** Whether a conversation takes changes to messages from this person, who may not post there perhaps. */
import type { ConversationView } from './conversation-context.ts'

export function canChangeMessages({
  facts,
  snapshot,
}: Pick<ConversationView, 'facts' | 'snapshot'>): boolean {
  return (
    snapshot.denial === undefined &&
    !facts.isUnknown &&
    facts.actor.access.writeDenial === undefined
  )
}
