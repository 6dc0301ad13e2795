/** One conversation: its messages, the composer, and a thread beside it. */
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId } from '../../../shared/ids.ts'
import { formatMessagePath, formatPath } from '../../store/conversation-path.ts'
import { useConversationFacts } from '../../store/use-conversation-facts.ts'
import { useLooking } from '../../store/use-attention.ts'
import { useConversation } from '../../store/use-engine.ts'
import { useWayBack } from '../../store/way-back.ts'
import { useLateArrivals } from '../../store/use-late-arrivals.ts'
import { usePageTitle } from '../../store/use-page-title.ts'
import { useRevealedMessage, type RevealedMessage } from '../../store/use-revealed-message.ts'
import { useAnnouncement } from './announcement.tsx'
import { ConversationContext } from './conversation-context.ts'
import { ConversationFoot } from './conversation-foot.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { ConversationMessages } from './conversation-messages.tsx'
import styles from './conversation.module.css'
import { focusConversation } from './focus-conversation.ts'
import { LinkNotice } from './link-notice.tsx'
import { ThreadPane } from './thread-pane.tsx'
import type { ListTarget } from './use-list-target.ts'
import { useEditing } from './use-editing.ts'

export interface ConversationPageProps {
  conversation: Conversation
  /** The thread that is open beside it. */
  threadId: MessageId | undefined
  /** The message that a link leads to; a reply opens its thread. */
  messageId: MessageId | undefined
}

export function ConversationPage(props: ConversationPageProps): ReactNode {
  const { conversation, messageId } = props
  const facts = useConversationFacts(conversation)
  const { snapshot, handle } = useConversation(conversation)
  const { arrivals, lateArrivals } = useLateArrivals(conversation, snapshot)
  const editing = useEditing(conversation.id)
  const { revealed, revealAgain } = useRevealedMessage(handle, messageId)
  const { announce, announcement } = useAnnouncement()
  const [writtenId, setWrittenId] = useState<MessageId>()
  const [, navigate] = useLocation()
  const { open } = useWayBack()
  const { parentId, target, threadTarget } = useTargets(revealed)
  const threadId = props.threadId ?? parentId

  const leaveLink = useCallback(() => {
    if (messageId !== undefined) navigate(formatPath(conversation, threadId), { replace: true })
  }, [conversation, messageId, navigate, threadId])
  const showNewest = useCallback(() => {
    handle?.showNewest()
    leaveLink()
  }, [handle, leaveLink])
  const goTo = useCallback(
    (id: MessageId) => {
      if (id === messageId) revealAgain()
      else open(formatMessagePath(conversation, id))
    },
    [conversation, messageId, open, revealAgain],
  )
  const onWritten = useCallback(
    (id: MessageId) => {
      setWrittenId(id)
      leaveLink()
    },
    [leaveLink],
  )
  const base = useMemo(
    () => ({ conversation, facts, snapshot, handle, arrivals, lateArrivals, editing }),
    [conversation, facts, snapshot, handle, arrivals, lateArrivals, editing],
  )
  const view = useMemo(
    () => ({ ...base, goTo, writtenId, onWritten, announce }),
    [base, goTo, writtenId, onWritten, announce],
  )
  usePageTitle(facts.name)
  useLooking(conversation)
  // A thread or a message that one opens by its address takes the focus itself.
  const [beginsHere] = useState(threadId === undefined && messageId === undefined)
  useEffect(() => {
    if (beginsHere) focusConversation()
  }, [beginsHere])
  return (
    <ConversationContext value={view}>
      <div className={styles.page} data-thread={threadId !== undefined}>
        <section className={`${styles.column} ${styles.main}`} aria-label={facts.name}>
          <ConversationHeader />
          {revealed === undefined ? null : (
            <LinkNotice revealed={revealed} onRetry={revealAgain} onLeave={showNewest} />
          )}
          <ConversationMessages
            target={target}
            isSeeking={messageId !== undefined && revealed === undefined}
            onShowNewest={showNewest}
          />
          <ConversationFoot />
        </section>
        {threadId === undefined ? null : (
          <ThreadPane key={threadId} threadId={threadId} target={threadTarget} />
        )}
        {announcement}
      </div>
    </ConversationContext>
  )
}

/** Where the lists go when a link was followed: a reply is reached through what it answers. */
function useTargets(revealed: RevealedMessage | undefined): {
  parentId: MessageId | undefined
  target: ListTarget | undefined
  threadTarget: ListTarget | undefined
} {
  return useMemo(() => {
    const none = { parentId: undefined, target: undefined, threadTarget: undefined }
    if (revealed?.result.state !== 'shown') return none
    const { messageId, attempt, result } = revealed
    const { parentId } = result
    const goal = { id: messageId, attempt, isGoal: true }
    if (parentId === undefined) return { ...none, target: goal }
    return { parentId, target: { id: parentId, attempt, isGoal: false }, threadTarget: goal }
  }, [revealed])
}
