/** The reactions to a message; a press adds or takes back one's own. */
import type { ReactNode } from 'react'
import type { MessageView } from '../../engine/engine-interface.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { useTabIndex } from './tab-stop.ts'

export function ReactionBar({ view: { id, reactions } }: { view: MessageView }): ReactNode {
  const { handle, facts } = useConversationView()
  const { byId } = usePeople()
  const { userId, access } = facts.actor
  const tabIndex = useTabIndex()
  return reactions.map(({ emoji, userIds }) => {
    const isMine = userIds.includes(userId)
    const names = userIds.map((each) => nameOf(each, byId)).join(', ')
    return (
      <button
        key={emoji}
        type="button"
        className={styles.reaction}
        tabIndex={tabIndex}
        aria-pressed={isMine}
        aria-label={`${emoji} by ${names}`}
        title={names}
        disabled={access.writeDenial !== undefined}
        onClick={() => handle?.setReaction(id, emoji, !isMine)}
      >
        <span>{emoji}</span>
        <span>{userIds.length}</span>
      </button>
    )
  })
}
