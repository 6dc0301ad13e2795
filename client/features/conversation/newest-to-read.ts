/** Which message says how far one has read, when one reads at the end of a conversation. Pure. */
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { isTombstone } from '../../../shared/records/message.ts'
import type { MessageView } from '../../engine/engine-interface.ts'

export interface ShownMessages {
  /** In order. */
  messages: readonly MessageView[]
  /** The thread that is open beside them: its replies are read as well. */
  threadId: MessageId | undefined
  /** When messages arrived, ms UTC, by id, as far as the server was asked. */
  arrivals: ReadonlyMap<string, number>
}

/**
 * The message of somebody else that arrived last of those on the screen, since a mark goes by
 * arrival; undefined when there is none. What the server was not asked about came after it was.
 */
export function newestToRead(shown: ShownMessages, userId: UserId): MessageId | undefined {
  const { threadId, arrivals } = shown
  const read = shown.messages.filter(
    ({ record, delivery }) =>
      delivery.state === 'sent' &&
      record.authorId !== userId &&
      !isTombstone(record) &&
      (record.parentId === undefined || record.parentId === threadId),
  )
  const newest = read.at(-1)
  if (newest === undefined || !arrivals.has(newest.id)) return newest?.id
  let last = newest
  for (const view of read) {
    if ((arrivals.get(view.id) ?? 0) > (arrivals.get(last.id) ?? 0)) last = view
  }
  return last.id
}
