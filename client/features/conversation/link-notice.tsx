/** Says what has become of a link to a message that is not on the screen, and what one can do. */
import { useEffect, type ReactNode } from 'react'
import { useIsOnline, type RevealedMessage } from '../../store/use-revealed-message.ts'
import { Button, Notice } from '../../ui/controls.tsx'
import styles from './conversation.module.css'
import { focusConversation } from './focus-conversation.ts'

export interface LinkNoticeProps {
  revealed: RevealedMessage
  onRetry: () => void
  /** Gives the link up. */
  onLeave: () => void
}

export function LinkNotice({ revealed, onRetry, onLeave }: LinkNoticeProps): ReactNode {
  const isOnline = useIsOnline()
  const { state } = revealed.result
  const isFailed = state === 'not-found' || state === 'not-here'
  useEffect(() => {
    // The message was to take the keyboard, and does not come.
    if (isFailed && document.activeElement === document.body) focusConversation()
  }, [isFailed])
  if (state === 'shown') return null
  if (state === 'looking') {
    return (
      <div className={styles.looking}>
        <output className={styles.lookingText}>Looking for the message…</output>
      </div>
    )
  }
  return (
    <Notice kind="warning">
      <p>{state === 'not-found' ? NOT_FOUND : isOnline ? NO_ANSWER : NOT_HERE}</p>
      {state === 'not-here' && isOnline ? (
        <Button isSmall onClick={onRetry}>
          Try again
        </Button>
      ) : null}
      <Button
        isSmall
        onClick={() => {
          onLeave()
          // The button goes.
          focusConversation()
        }}
      >
        Show newest messages
      </Button>
    </Notice>
  )
}

const NOT_FOUND =
  'The message of this link is not there, or you have no access to it. Ask whoever sent you the link.'
const NOT_HERE =
  'The message of this link is not on this device. It opens as soon as there is a connection.'
const NO_ANSWER = 'The message of this link could not be fetched. Try again in a moment.'
