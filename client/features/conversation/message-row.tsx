/** One message: who, when, what, where it stands, and what was answered to it. */
import { AlertCircle } from 'lucide-react'
import { memo, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { isTombstone } from '../../../shared/records/message.ts'
import type { MessageView } from '../../engine/engine-interface.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { sentenceFor } from '../../store/error-sentences.ts'
import { nameOf } from '../../store/person-name.ts'
import { Avatar, Button, NoticeButtons } from '../../ui/controls.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { canChangeMessages } from './can-change-messages.ts'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { DeliveryMark } from './delivery-mark.tsx'
import { EditMessage } from './edit-message.tsx'
import { MessageContent } from './message-content.tsx'
import { MessageTools } from './message-tools.tsx'
import { ReactionBar } from './reaction-bar.tsx'
import { useTabIndex } from './tab-stop.ts'
import { formatArrival, formatClock, formatFull } from './times.ts'
import { usePlainText } from './use-plain-text.ts'

export interface MessageRowProps {
  view: MessageView
  isContinuation: boolean
  /** A link led here. */
  isGoal: boolean
  /** Opens the thread of this message; absent within a thread. */
  onOpenThread?: ((view: MessageView) => void) | undefined
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps): ReactNode {
  const { view, isContinuation, isGoal, onOpenThread } = props
  const { record, delivery, replyCount } = view
  const { byId } = usePeople()
  const { facts, snapshot, editing } = useConversationView()
  // What was being changed where that is over stands at the foot of the conversation.
  const isEditing = editing.ids.has(view.id) && canChangeMessages({ facts, snapshot })
  const tabIndex = useTabIndex()
  const [wasAskedHere, setAskedHere] = useState(false)
  const article = useRef<HTMLElement>(null)
  const author = nameOf(record.authorId, byId)
  const isDeleted = isTombstone(record)
  const edit = (): void => {
    setAskedHere(true)
    editing.start(view.id)
  }
  const endEditing = (): void => {
    setAskedHere(false)
    editing.end(view.id)
  }
  // Rows are taken off the page while one scrolls: the keyboard then stays in the list.
  useLayoutEffect(() => {
    const { current } = article
    return () => {
      if (current?.contains(document.activeElement) !== true) return
      current.closest<HTMLElement>('[role="log"]')?.focus({ preventScroll: true })
    }
  }, [])
  return (
    <article
      ref={article}
      className={styles.message}
      data-message-id={view.id}
      data-delivery={delivery.state}
      data-continuation={isContinuation}
      data-goal={isGoal}
      tabIndex={tabIndex}
      aria-label={`${author}, ${formatFull(record.createdAt)}`}
    >
      {isContinuation ? (
        <span className={styles.side} aria-hidden="true">
          {formatClock(record.createdAt)}
        </span>
      ) : (
        <Avatar name={author} seed={record.authorId} />
      )}
      <div className={styles.body}>
        {isContinuation ? null : (
          <div className={styles.meta}>
            <span className={styles.author}>{author}</span>
            <time
              className={styles.time}
              dateTime={new Date(record.createdAt).toISOString()}
              title={formatFull(record.createdAt)}
            >
              {formatClock(record.createdAt)}
            </time>
          </div>
        )}
        {!isDeleted && isEditing ? (
          <EditMessage view={view} takesFocus={wasAskedHere} onDone={endEditing} />
        ) : (
          <div className={styles.said}>
            {isDeleted ? (
              <p className={styles.deleted}>This message was deleted.</p>
            ) : (
              <MessageContent content={record.content} />
            )}
            {!isDeleted && record.editedAt !== undefined ? (
              <span className={styles.edited} title={formatFull(record.editedAt)}>
                edited
              </span>
            ) : null}
            <LateArrival view={view} />
            <DeliveryMark state={delivery.state} isMine={record.authorId === facts.actor.userId} />
          </div>
        )}
        <RefusalLine view={view} />
        <div className={styles.under}>
          <ReactionBar view={view} />
          {replyCount > 0 && onOpenThread !== undefined ? (
            <button
              type="button"
              className={styles.replies}
              tabIndex={tabIndex}
              onClick={() => onOpenThread(view)}
            >
              {replyCount === 1 ? '1 reply' : `${replyCount} replies`}
            </button>
          ) : null}
        </div>
      </div>
      {isDeleted || isEditing ? null : (
        <MessageTools
          view={view}
          onEdit={edit}
          onReply={onOpenThread === undefined ? undefined : () => onOpenThread(view)}
        />
      )}
    </article>
  )
})

/** Written on a train, read at home: what stands above it was not known to its author. */
function LateArrival({ view }: { view: MessageView }): ReactNode {
  const { lateArrivals } = useConversationView()
  const { createdAt } = view.record
  const arrivedAt = lateArrivals.get(view.id)
  if (arrivedAt === undefined) return null
  return (
    <span className={styles.edited} title={formatFull(arrivedAt)}>
      arrived later, {formatArrival(arrivedAt, createdAt)}
    </span>
  )
}

/** Why a message could not be delivered, and what can be done about it. */
function RefusalLine({ view: { delivery, record } }: { view: MessageView }): ReactNode {
  const { handle } = useConversationView()
  if (delivery.state !== 'refused') return null
  const { outboxId, refusal } = delivery
  return (
    <div className={styles.refusal} role="alert">
      <p>
        <AlertCircle size={16} /> Not delivered. {sentenceFor(refusal.code)}
      </p>
      <UndeliveredButtons
        text={record.content}
        onRetry={() => handle?.retry(outboxId)}
        onDiscard={() => handle?.discard(outboxId)}
      />
    </div>
  )
}

export interface UndeliveredButtonsProps {
  /** As it is stored; copied with names instead of ids. */
  text: string
  /** Absent where trying again is of no use. */
  onRetry?: (() => void) | undefined
  onDiscard: () => void
}

/** Retry, copy, and giving up, which asks once more. */
export function UndeliveredButtons({
  text,
  onRetry,
  onDiscard,
}: UndeliveredButtonsProps): ReactNode {
  const [isAsking, setAsking] = useState(false)
  const [isCopied, setCopied] = useState(false)
  const plainText = usePlainText()
  if (isAsking) {
    return (
      <NoticeButtons>
        <Button isSmall look="danger" onClick={onDiscard}>
          Discard for good
        </Button>
        <Button isSmall onClick={() => setAsking(false)}>
          Keep
        </Button>
      </NoticeButtons>
    )
  }
  return (
    <NoticeButtons>
      {onRetry === undefined ? null : (
        <Button isSmall onClick={onRetry}>
          Retry
        </Button>
      )}
      {text === '' ? null : (
        <Button isSmall onClick={() => void copyText(plainText(text)).then(setCopied)}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      )}
      <Button isSmall onClick={() => setAsking(true)}>
        Discard
      </Button>
    </NoticeButtons>
  )
}
