/** Changes that could not be delivered and have no message of their own to stand at. */
import type { ReactNode } from 'react'
import type { UndeliveredView } from '../../engine/engine-interface.ts'
import { sentenceFor } from '../../store/error-sentences.ts'
import { Notice } from '../../ui/controls.tsx'
import { useConversationView } from './conversation-context.ts'
import { UndeliveredButtons } from './message-row.tsx'

const kinds: Record<UndeliveredView['kind'], string> = {
  message: 'Message',
  edit: 'Edit',
  deletion: 'Deletion',
  reaction: 'Reaction',
  pin: 'Pin',
}

export function UndeliveredPanel(): ReactNode {
  const { snapshot, handle } = useConversationView()
  return snapshot.undelivered.map(({ outboxId, kind, text, refusal }) => (
    <Notice key={outboxId} kind="failure">
      <p>
        {kinds[kind]} not delivered. {sentenceFor(refusal.code)}
        {text === '' ? null : <q>{text.length > 200 ? `${text.slice(0, 200)}…` : text}</q>}
      </p>
      <UndeliveredButtons
        text={text}
        onRetry={() => handle?.retry(outboxId)}
        onDiscard={() => handle?.discard(outboxId)}
      />
    </Notice>
  ))
}
