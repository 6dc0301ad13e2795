/** The rows of a conversation: messages with the days between them. Pure. */
import type { MessageId } from '../../../shared/ids.ts'
import { isTombstone } from '../../../shared/records/message.ts'
import type { MessageView } from '../../engine/engine-interface.ts'

export type MessageItem =
  | { kind: 'day'; key: string; time: number }
  | { kind: 'message'; key: string; view: MessageView; isContinuation: boolean }

/** Messages of one author follow each other without a heading for this long. */
const CONTINUATION_MS = 5 * 60 * 1_000

/**
 * A conversation without the replies, which stand in their threads. Whoever follows a link to a
 * message that was deleted sees where it was.
 */
export function conversationItems(
  messages: readonly MessageView[],
  goalId?: MessageId,
): MessageItem[] {
  return toItems(
    messages
      .filter(({ record }) => record.parentId === undefined)
      .filter((view) => view.id === goalId || isShown(view)),
  )
}

/** A thread: its first message and the replies. */
export function threadItems(
  messages: readonly MessageView[],
  threadId: MessageId,
  goalId?: MessageId,
): MessageItem[] {
  return toItems(
    messages
      .filter(({ id, record }) => id === threadId || record.parentId === threadId)
      .filter((view) => view.id === threadId || view.id === goalId || isShown(view)),
  )
}

/** A deleted message stays only where answers would hang in the air without it. */
function isShown({ record, replyCount, delivery }: MessageView): boolean {
  return !isTombstone(record) || replyCount > 0 || delivery.state === 'refused'
}

function toItems(messages: readonly MessageView[]): MessageItem[] {
  const items: MessageItem[] = []
  let previous: MessageView | undefined
  for (const view of messages) {
    const day = dayOf(view.record.createdAt)
    const isNewDay = previous === undefined || dayOf(previous.record.createdAt) !== day
    if (isNewDay) items.push({ kind: 'day', key: `day ${day}`, time: view.record.createdAt })
    const isContinuation =
      !isNewDay &&
      previous !== undefined &&
      previous.record.authorId === view.record.authorId &&
      view.record.createdAt - previous.record.createdAt < CONTINUATION_MS &&
      !isTombstone(previous.record) &&
      !isTombstone(view.record)
    items.push({ kind: 'message', key: view.id, view, isContinuation })
    previous = view
  }
  return items
}

/** The day in the time zone of this device. */
function dayOf(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}
