/**
 * Changes that could not be delivered and have no message of their own to stand at: one notice for
 * all of them, which leaves room for the conversation however many they are.
 */
import { useState, type ReactNode } from 'react'
import type { UndeliveredView } from '../../engine/engine-interface.ts'
import { sentenceFor } from '../../store/error-sentences.ts'
import { Button, NoticeButtons } from '../../ui/controls.tsx'
import { useConversationView } from './conversation-context.ts'
import { UndeliveredButtons } from './message-row.tsx'
import styles from './undelivered.module.css'
import { usePlainText } from './use-plain-text.ts'

const kinds: Record<UndeliveredView['kind'], string> = {
  message: 'Message',
  edit: 'Edit',
  deletion: 'Deletion',
  reaction: 'Reaction',
  pin: 'Pin',
}
const EXCERPT_LENGTH = 200

export function UndeliveredPanel(): ReactNode {
  const { snapshot, handle } = useConversationView()
  const { undelivered } = snapshot
  if (undelivered.length === 0) return null
  return (
    <details className={styles.panel} open>
      <summary>
        {undelivered.length === 1
          ? '1 change was not delivered'
          : `${undelivered.length} changes were not delivered`}
      </summary>
      {undelivered.length === 1 ? null : <AllButtons />}
      <ul className={styles.list}>
        {undelivered.map((view) => (
          <li key={view.outboxId} className={styles.change}>
            <ChangeLine view={view} />
            <UndeliveredButtons
              text={view.text}
              onRetry={() => handle?.retry(view.outboxId)}
              onDiscard={() => handle?.discard(view.outboxId)}
            />
          </li>
        ))}
      </ul>
    </details>
  )
}

/** What it was, about which message, and why it was refused. */
function ChangeLine({ view }: { view: UndeliveredView }): ReactNode {
  const { snapshot } = useConversationView()
  const plainText = usePlainText()
  const { kind, emoji, messageId, text, refusal } = view
  const subject = snapshot.messages.find(({ id }) => id === messageId)
  const excerpt = text === '' ? (subject?.record.content ?? '') : text
  return (
    <p>
      <strong>
        {kinds[kind]} {emoji}
      </strong>{' '}
      {excerpt === '' ? null : <q>{shorten(plainText(excerpt))}</q>} {sentenceFor(refusal.code)}
    </p>
  )
}

function AllButtons(): ReactNode {
  const { snapshot, handle } = useConversationView()
  const [isAsking, setAsking] = useState(false)
  const ids = snapshot.undelivered.map(({ outboxId }) => outboxId)
  if (isAsking) {
    return (
      <NoticeButtons>
        <Button isSmall look="danger" onClick={() => ids.forEach((id) => handle?.discard(id))}>
          Discard all for good
        </Button>
        <Button isSmall onClick={() => setAsking(false)}>
          Keep all
        </Button>
      </NoticeButtons>
    )
  }
  return (
    <NoticeButtons>
      <Button isSmall onClick={() => ids.forEach((id) => handle?.retry(id))}>
        Retry all
      </Button>
      <Button isSmall onClick={() => setAsking(true)}>
        Discard all
      </Button>
    </NoticeButtons>
  )
}

function shorten(text: string): string {
  return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text
}
