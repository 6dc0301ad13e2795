/** Marks a conversation read while somebody looks at its newest message. */
import { useEffect, useMemo, useRef } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { useIsAttended } from '../../store/use-attention.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import { useConversationView } from './conversation-context.ts'
import { newestToRead } from './newest-to-read.ts'

/** What is on the screen for less, on the way to somewhere else, nobody has read. */
const SEEN_MS = 300

export function useMarkRead(isNewestShown: boolean): void {
  const { conversation, facts, snapshot, arrivals } = useConversationView()
  const { me, readings } = useWorkspace()
  const isAttended = useIsAttended()
  const { messages, thread } = snapshot
  const messageId = useMemo(() => {
    const shown = thread === undefined ? messages : [...messages, ...thread.messages]
    return newestToRead({ messages: shown, threadId: thread?.id, arrivals }, me.id)
  }, [messages, thread, arrivals, me.id])
  const marked = useRef<MessageId>(undefined)
  const listed = facts.channel ?? facts.dm
  // Who only looks at a public channel has no mark in it.
  const isIn = facts.dm !== undefined || (facts.channel?.myRole ?? null) !== null
  const isKnown = listed?.lastReadMessageId === messageId && listed?.unreadCount === 0
  const isReading = isAttended && isNewestShown && isIn && !facts.isBeingMade && !isKnown
  useEffect(() => {
    if (!isReading || messageId === undefined || marked.current === messageId) return
    const timer = setTimeout(() => {
      marked.current = messageId
      readings.mark({ conversation, messageId })
    }, SEEN_MS)
    return () => clearTimeout(timer)
  }, [isReading, messageId, conversation, readings])
}
