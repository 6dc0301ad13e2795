/** One thread beside its conversation; on narrow screens in its place. */
import { X } from 'lucide-react'
import { useEffect, useMemo, useRef, type ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { postDenial } from '../../../shared/guard/actor.ts'
import type { ThreadSnapshot } from '../../engine/engine-interface.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useIsOnline } from '../../store/use-revealed-message.ts'
import { useWayBack } from '../../store/way-back.ts'
import { EmptyState, IconButton, Spinner } from '../../ui/controls.tsx'
import { returnFocus } from '../../ui/return-focus.ts'
import { Composer } from './composer.tsx'
import { useConversationView } from './conversation-context.ts'
import { LeftDraft } from './left-draft.tsx'
import styles from './conversation.module.css'
import { threadItems } from './message-items.ts'
import { MessageList } from './message-list.tsx'
import type { ListTarget } from './use-list-target.ts'

const nothing = (): void => undefined

export interface ThreadPaneProps {
  threadId: MessageId
  target: ListTarget | undefined
}

export function ThreadPane({ threadId, target }: ThreadPaneProps): ReactNode {
  const { conversation, facts, snapshot, handle } = useConversationView()
  const { goBack } = useWayBack()
  const isOnline = useIsOnline()
  const thread = snapshot.thread?.id === threadId ? snapshot.thread : undefined
  const messages = thread?.messages ?? snapshot.messages
  const items = useMemo(
    () => threadItems(messages, threadId, target?.id),
    [messages, threadId, target?.id],
  )
  // It may have begun long before what is here, or go on after it.
  useEffect(() => {
    handle?.showThread(threadId)
    return () => handle?.showThread(undefined)
  }, [handle, threadId])
  const isMissing = thread?.state === 'not-here'
  useEffect(() => {
    // What this device did not have may be at the server, which has come back.
    if (!isOnline || !isMissing) return
    handle?.showThread(undefined)
    handle?.showThread(threadId)
  }, [isOnline, isMissing, handle, threadId])
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    close.current?.focus()
    return returnFocus
  }, [])
  const canWrite =
    !facts.isUnknown && (snapshot.denial?.code ?? postDenial(facts.actor.access)) === undefined
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
      <ThreadState state={thread?.state ?? 'looking'} isEmpty={items.length === 0} />
      {items.length === 0 ? null : (
        <MessageList
          label="Messages in the thread"
          items={items}
          older="none"
          newer="none"
          onReachStart={nothing}
          onReachEnd={nothing}
          onShowNewest={nothing}
          target={target}
        />
      )}
      {canWrite && items.length > 0 ? (
        <Composer placeholder="Reply in thread" parentId={threadId} />
      ) : null}
      {canWrite ? null : <LeftDraft parentId={threadId} />}
    </section>
  )
}

interface ThreadStateProps {
  state: ThreadSnapshot['state']
  isEmpty: boolean
}

/** What is to be said in place of a thread that is not here. */
function ThreadState({ state, isEmpty }: ThreadStateProps): ReactNode {
  if (!isEmpty) return null
  if (state === 'looking' || state === 'here') return <Spinner label="Looking for the thread" />
  return (
    <EmptyState title="This thread is not here">
      <p>
        {state === 'not-found'
          ? 'Its first message was never there, or you have no access to it.'
          : 'Its first message is not on this device. It comes as soon as there is a connection.'}
      </p>
    </EmptyState>
  )
}
