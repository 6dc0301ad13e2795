/** What one was writing when the conversation stopped taking it. */
import type { ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { useDraft } from '../../store/draft.ts'
import { useConversationView } from './conversation-context.ts'
import { LeftText } from './left-text.tsx'

export interface LeftDraftProps {
  /** The message in whose thread it was written. */
  parentId?: MessageId | undefined
}

export function LeftDraft({ parentId }: LeftDraftProps): ReactNode {
  const { conversation } = useConversationView()
  const place = parentId === undefined ? conversation.id : `${conversation.id}-${parentId}`
  const [{ text }, setDraft] = useDraft(place)
  if (text === '') return null
  return (
    <LeftText
      heading="You were writing this. It was not sent."
      label="What you were writing"
      text={text}
      onDiscard={() => setDraft({ text: '', mentions: {} })}
    />
  )
}
