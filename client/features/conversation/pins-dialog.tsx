/** The pinned messages of a conversation. */
import type { ReactNode } from 'react'
import { isTombstone } from '../../../shared/records/message.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { Button } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { MessageContent } from './message-content.tsx'
import { OLDER_MISSING } from './message-list.tsx'
import { formatFull } from './times.ts'

export interface ConversationDialogProps {
  isOpen: boolean
  onClose: () => void
}

export function PinsDialog({ isOpen, onClose }: ConversationDialogProps): ReactNode {
  return (
    <Dialog title="Pinned messages" isOpen={isOpen} onClose={onClose}>
      <PinList onLeave={onClose} />
    </Dialog>
  )
}

function PinList({ onLeave }: { onLeave: () => void }): ReactNode {
  const { snapshot, handle, facts, goTo } = useConversationView()
  const { byId } = usePeople()
  const pinned = snapshot.messages.filter(
    ({ isPinned, record }) => isPinned && !isTombstone(record),
  )
  const further = <FurtherBack />
  if (pinned.length === 0) {
    return (
      <>
        <p className={styles.soft}>
          {snapshot.older === 'none'
            ? 'Nothing is pinned yet. Pin a message from its menu.'
            : 'Nothing is pinned among the newest messages.'}
        </p>
        {further}
      </>
    )
  }
  return (
    <>
      <ul className={styles.pins}>
        {pinned.map(({ id, record }) => (
          <li key={id}>
            <div className={styles.meta}>
              <span className={styles.author}>{nameOf(record.authorId, byId)}</span>
              <span className={styles.time}>{formatFull(record.createdAt)}</span>
            </div>
            <MessageContent content={record.content} />
            <div className={styles.under}>
              <Button
                isSmall
                onClick={() => {
                  onLeave()
                  goTo(id)
                }}
              >
                Go to message
              </Button>
              {facts.actor.access.canPin ? (
                <Button isSmall onClick={() => handle?.setPinned(id, false)}>
                  Unpin
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {further}
    </>
  )
}

/** Pins of older messages are known once those are here. */
function FurtherBack(): ReactNode {
  const { snapshot, handle } = useConversationView()
  if (snapshot.older === 'none') return null
  if (snapshot.older === 'missing') return <p className={styles.soft}>{OLDER_MISSING}</p>
  return (
    <Button disabled={snapshot.older === 'loading'} onClick={() => handle?.loadOlder()}>
      Look further back
    </Button>
  )
}
