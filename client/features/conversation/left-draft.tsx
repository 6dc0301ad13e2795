/** What one was writing when the conversation stopped taking it: to read, to copy, or to give up. */
import type { ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { useDraft } from '../../store/draft.ts'
import { announceGivenUp } from '../../store/left-drafts.ts'
import { useConversationView } from './conversation-context.ts'
import { UndeliveredButtons } from './message-row.tsx'
import styles from './undelivered.module.css'

export interface LeftDraftProps {
  /** The message in whose thread it was written. */
  parentId?: MessageId | undefined
}

export function LeftDraft({ parentId }: LeftDraftProps): ReactNode {
  const { conversation } = useConversationView()
  const place = parentId === undefined ? conversation.id : `${conversation.id}-${parentId}`
  const [draft, setDraft] = useDraft(place)
  if (draft.text === '') return null
  const discard = (): void => {
    setDraft({ text: '', mentions: {} })
    announceGivenUp()
  }
  return (
    <section className={styles.draft} aria-label="Not sent">
      <h3>You were writing this. It was not sent.</h3>
      <textarea aria-label="What you were writing" readOnly dir="auto" value={draft.text} />
      <UndeliveredButtons text={draft.text} onDiscard={discard} />
    </section>
  )
}
