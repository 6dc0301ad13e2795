/** Changes that one had begun when the conversation stopped taking them, wherever their messages are. */
import type { ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { useEditDraft } from '../../store/draft.ts'
import { useConversationView } from './conversation-context.ts'
import { LeftText } from './left-text.tsx'
import styles from './undelivered.module.css'

export function LeftEdits(): ReactNode {
  const { editing } = useConversationView()
  if (editing.ids.size === 0) return null
  return (
    <div className={styles.edits}>
      {[...editing.ids].map((id) => (
        <LeftEdit key={id} messageId={id} />
      ))}
    </div>
  )
}

function LeftEdit({ messageId }: { messageId: MessageId }): ReactNode {
  const { conversation, editing } = useConversationView()
  const [draft, setDraft] = useEditDraft(conversation.id, messageId)
  if (draft === undefined) return null
  return (
    <LeftText
      heading="You were changing a message to this. It was not saved."
      label="What you were changing"
      text={draft.text}
      onDiscard={() => {
        setDraft(undefined)
        editing.end(messageId)
      }}
    />
  )
}
