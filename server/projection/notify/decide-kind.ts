/** Whether a message notifies somebody, and why. Pure; the facts come from the tables. */
import type { NotificationKind } from '../../../shared/api/notifications.ts'
import type { NotifyLevel } from '../../../shared/api/preferences.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { Mentions } from '../../../shared/records/mentions.ts'
import { containsWord } from './contains-word.ts'

/** What somebody wishes to hear of a conversation. */
export interface Wishes {
  userId: UserId
  isMember: boolean
  isMuted: boolean
  /** For this conversation; null where the person's own level holds. */
  level: NotifyLevel | null
  ownLevel: NotifyLevel
  wantsReplies: boolean
  wantsReactions: boolean
  keywords: readonly string[]
}

export interface NotifyingMessage {
  conversation: Conversation
  content: string
  /** Those that this change brought: all of a new message, the added ones of an edit. */
  mentions: Mentions
  /** A message is told of once; an edit tells those alone whom it newly names. */
  isNew: boolean
  /** Who takes part in the thread, or wrote what this replies to. */
  threadUserIds: ReadonlySet<UserId>
}

/** Undefined when it does not notify them. */
export function decideKind(
  wishes: Wishes,
  message: NotifyingMessage,
  isOnline: (userId: UserId) => boolean,
): NotificationKind | undefined {
  const { userId, level } = wishes
  const wanted = level ?? wishes.ownLevel
  if (wishes.isMuted || wanted === 'NOTHING') return undefined
  if (message.mentions.userIds.has(userId)) return 'MENTION'
  // Whoever may read a public channel, and is not in it, hears of their own name alone.
  if (!wishes.isMember) return undefined
  const { groups } = message.mentions
  if (groups.has('channel') || (groups.has('here') && isOnline(userId))) return 'GROUP_MENTION'
  if (!message.isNew) return undefined
  // A DM is meant for everybody in it, unless they said otherwise of this very one.
  if (message.conversation.kind === 'dm' && level !== 'MENTIONS') return 'DM'
  if (wishes.wantsReplies && message.threadUserIds.has(userId)) return 'REPLY'
  if (wishes.keywords.some((word) => containsWord(message.content, word))) return 'KEYWORD'
  return wanted === 'ALL' ? 'MESSAGE' : undefined
}
