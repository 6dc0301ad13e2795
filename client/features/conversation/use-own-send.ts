/** Notices that this person has just sent the newest message: they want to see it, wherever they read. */
import { useLayoutEffect, useRef } from 'react'
import { useConversationView } from './conversation-context.ts'
import type { MessageItem } from './message-items.ts'

/** Calls `onSend` after each message that is sent from here. */
export function useOwnSend(items: readonly MessageItem[], onSend: () => void): void {
  const { facts } = useConversationView()
  const { userId } = facts.actor
  const newest = items.at(-1)
  const before = useRef(newest?.key)
  useLayoutEffect(() => {
    if (newest?.key === before.current) return
    before.current = newest?.key
    if (newest?.kind !== 'message') return
    const { record, delivery } = newest.view
    // What another device of theirs sent arrives as sent, and moves nothing.
    if (record.authorId === userId && delivery.state === 'pending') onSend()
  }, [newest, userId, onSend])
}
