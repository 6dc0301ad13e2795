/** What is unread, as it is shown: what one reads just now is not, though the server may not know yet. */
import { MAX_UNREAD, type Reading } from '../../shared/api/reading.ts'
import type { ConversationId } from '../../shared/ids.ts'
import { useChannels, useDms } from './directory-queries.ts'
import { useBeingMarkedRead } from './mark-read-command.ts'

/** What a list says of one conversation. */
export interface Unread {
  messages: number
  mentions: number
}

type Counted = Pick<Reading, 'unreadCount' | 'mentionCount'> & { id: ConversationId }

/** Answers what is unread in a channel or DM of the lists. */
export function useUnread(): (item: Counted) => Unread {
  const beingRead = useBeingMarkedRead()
  return ({ id, unreadCount, mentionCount }) =>
    beingRead.has(id)
      ? { messages: 0, mentions: 0 }
      : { messages: unreadCount, mentions: mentionCount }
}

/** Unread messages in all conversations that one wants to hear of. */
export function useUnreadTotal(): number {
  const { items: channels } = useChannels()
  const { items: dms } = useDms()
  const unreadIn = useUnread()
  return countHeard([...channels, ...dms], unreadIn)
}

/** The unread messages of those that are not muted. */
export function countHeard<Item extends Counted & { muted: boolean }>(
  items: readonly Item[],
  unreadIn: (item: Item) => Unread,
): number {
  return items
    .filter(({ muted }) => !muted)
    .map((item) => unreadIn(item).messages)
    .reduce((sum, count) => sum + count, 0)
}

/** Whether there is anything at all. */
export function isUnread({ messages, mentions }: Unread): boolean {
  return messages > 0 || mentions > 0
}

/** A count as a badge shows it: the server counts no further than to its limit. */
export function formatCount(count: number): string {
  return count >= MAX_UNREAD ? `${MAX_UNREAD}+` : String(count)
}

/** What a screen reader says of it, as in “3 unread, 1 mention”; empty for nothing. */
export function unreadSentence({ messages, mentions }: Unread): string {
  return [
    messages === 0 ? '' : `${formatCount(messages)} unread`,
    mentions === 0 ? '' : `${formatCount(mentions)} ${mentions === 1 ? 'mention' : 'mentions'}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}
