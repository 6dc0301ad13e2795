/** The messages of a conversation, or why there are none. */
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import type { MessageView } from '../../engine/engine-interface.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { sentenceFor } from '../../store/error-sentences.ts'
import { useWayBack } from '../../store/way-back.ts'
import { EmptyState, Spinner } from '../../ui/controls.tsx'
import { useConversationView } from './conversation-context.ts'
import { conversationItems } from './message-items.ts'
import { MessageList } from './message-list.tsx'
import type { ListTarget } from './use-list-target.ts'
import { useMarkRead } from './use-mark-read.ts'

export interface ConversationMessagesProps {
  target: ListTarget | undefined
  /** A message is being looked for, to which the list will go. */
  isSeeking: boolean
  onShowNewest: () => void
}

export function ConversationMessages(props: ConversationMessagesProps): ReactNode {
  const { target, isSeeking, onShowNewest } = props
  const { conversation, snapshot, facts, handle } = useConversationView()
  const { open } = useWayBack()
  const items = useMemo(
    () => conversationItems(snapshot.messages, target?.id),
    [snapshot.messages, target?.id],
  )
  const [isNewestShown, setNewestShown] = useState(false)
  useMarkRead(isNewestShown && !isSeeking)
  const openThread = useCallback(
    ({ id }: MessageView) => open(formatPath(conversation, id)),
    [conversation, open],
  )
  const loadOlder = useCallback(() => handle?.loadOlder(), [handle])
  const loadNewer = useCallback(() => handle?.loadNewer(), [handle])
  if (snapshot.phase === 'loading') return <Spinner label="Opening the conversation" />
  if (items.length > 0) {
    return (
      <MessageList
        label={`Messages in ${facts.name}`}
        items={items}
        onOpenThread={openThread}
        older={snapshot.older}
        newer={snapshot.newer}
        onReachStart={loadOlder}
        onReachEnd={loadNewer}
        onShowNewest={onShowNewest}
        onNewestShown={setNewestShown}
        target={target}
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
