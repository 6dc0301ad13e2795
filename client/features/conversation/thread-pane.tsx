/** One thread beside its conversation; on narrow screens in its place. */
import { X } from 'lucide-react'
import { useEffect, useMemo, useRef, type ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useWayBack } from '../../store/way-back.ts'
import { EmptyState, IconButton, Spinner } from '../../ui/controls.tsx'
import { returnFocus } from '../../ui/return-focus.ts'
import { Composer } from './composer.tsx'
import { useConversationView } from './conversation-context.ts'
import { LeftDraft } from './left-draft.tsx'
import styles from './conversation.module.css'
import { threadItems } from './message-items.ts'
import { MessageList } from './message-list.tsx'

/** A thread is here from its first message on. */
const nothing = (): void => undefined

export function ThreadPane({ threadId }: { threadId: MessageId }): ReactNode {
  const { conversation, facts, snapshot, handle } = useConversationView()
  const { goBack } = useWayBack()
  const items = useMemo(
    () => threadItems(snapshot.messages, threadId),
    [snapshot.messages, threadId],
  )
  // A link may lead to a thread that began long before what is here.
  const isFurtherBack = items.length === 0 && snapshot.older !== 'none'
  useEffect(() => {
    if (isFurtherBack && snapshot.older === 'more') handle?.loadOlder()
  }, [isFurtherBack, snapshot.older, handle])
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    close.current?.focus()
    return returnFocus
  }, [])
  const canWrite =
    !facts.isUnknown && (snapshot.denial?.code ?? facts.actor.access.writeDenial) === undefined
  return (
    <section className={`${styles.column} ${styles.thread}`} aria-label="Thread" data-pane>
      <header className={styles.head}>
        <div className={styles.title}>
          <h2>Thread</h2>
          <p className={styles.about}>
            {facts.channel === undefined ? facts.name : `# ${facts.name}`}
          </p>
        </div>
        <IconButton
          ref={close}
          label="Close thread"
          onClick={() => goBack(formatPath(conversation))}
        >
          <X size={20} />
        </IconButton>
      </header>
      {isFurtherBack ? <Spinner label="Looking for the thread" /> : null}
      {items.length === 0 && !isFurtherBack ? (
        <EmptyState title="This thread is not here">
          <p>Its first message is not on this device, or was never there.</p>
        </EmptyState>
      ) : null}
      {items.length === 0 ? null : (
        <MessageList
          label="Messages in the thread"
          items={items}
          older="none"
          onReachStart={nothing}
        />
      )}
      {canWrite && items.length > 0 ? (
        <Composer placeholder="Reply in thread" parentId={threadId} />
      ) : null}
      {canWrite ? null : <LeftDraft parentId={threadId} />}
    </section>
  )
}
