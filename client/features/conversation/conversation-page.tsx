/** One conversation: its messages, the composer, and a thread beside it. */
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId } from '../../../shared/ids.ts'
import type { MessageView } from '../../engine/engine-interface.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { sentenceFor } from '../../store/error-sentences.ts'
import { useConversationFacts } from '../../store/use-conversation-facts.ts'
import { useConversation } from '../../store/use-engine.ts'
import { useWayBack } from '../../store/way-back.ts'
import { useLateArrivals } from '../../store/use-late-arrivals.ts'
import { EmptyState, Spinner } from '../../ui/controls.tsx'
import { ConversationContext, useConversationView } from './conversation-context.ts'
import { ConversationFoot } from './conversation-foot.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import styles from './conversation.module.css'
import { focusConversation } from './focus-conversation.ts'
import { conversationItems } from './message-items.ts'
import { MessageList } from './message-list.tsx'
import { ThreadPane } from './thread-pane.tsx'
import { useEditing } from './use-editing.ts'
import { usePageTitle } from './use-page-title.ts'

export interface ConversationPageProps {
  conversation: Conversation
  threadId: MessageId | undefined
}

export function ConversationPage({ conversation, threadId }: ConversationPageProps): ReactNode {
  const facts = useConversationFacts(conversation)
  const { snapshot, handle } = useConversation(conversation)
  const lateArrivals = useLateArrivals(conversation, snapshot.messages)
  const editing = useEditing()
  const view = useMemo(
    () => ({ conversation, facts, snapshot, handle, lateArrivals, editing }),
    [conversation, facts, snapshot, handle, lateArrivals, editing],
  )
  usePageTitle(facts.name)
  // A thread that one opens by its address takes the focus itself.
  const [beginsHere] = useState(threadId === undefined)
  useEffect(() => {
    if (beginsHere) focusConversation()
  }, [beginsHere])
  return (
    <ConversationContext value={view}>
      <div className={styles.page} data-thread={threadId !== undefined}>
        <section className={`${styles.column} ${styles.main}`} aria-label={facts.name}>
          <ConversationHeader />
          <Messages />
          <ConversationFoot />
        </section>
        {threadId === undefined ? null : <ThreadPane key={threadId} threadId={threadId} />}
      </div>
    </ConversationContext>
  )
}

function Messages(): ReactNode {
  const { conversation, snapshot, facts, handle } = useConversationView()
  const { open } = useWayBack()
  const items = useMemo(() => conversationItems(snapshot.messages), [snapshot.messages])
  const openThread = useCallback(
    ({ id }: MessageView) => open(formatPath(conversation, id)),
    [conversation, open],
  )
  const loadOlder = useCallback(() => handle?.loadOlder(), [handle])
  if (snapshot.phase === 'loading') return <Spinner label="Opening the conversation" />
  if (items.length > 0) {
    return (
      <MessageList
        label={`Messages in ${facts.name}`}
        items={items}
        onOpenThread={openThread}
        older={snapshot.older}
        onReachStart={loadOlder}
      />
    )
  }
  if (snapshot.phase === 'denied' && snapshot.denial !== undefined) {
    return <EmptyState title="No access">{sentenceFor(snapshot.denial.code)}</EmptyState>
  }
  if (facts.isUnknown) {
    return (
      <EmptyState title="Looking for this conversation">
        <p>It is not in your list, and not on this device.</p>
      </EmptyState>
    )
  }
  if (snapshot.phase === 'empty-copy' && !facts.isBeingMade) {
    return (
      <EmptyState title="Not on this device yet">
        <p>Its history comes as soon as there is a connection. You can write already.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nothing here yet">
      <p>Write the first message.</p>
    </EmptyState>
  )
}
