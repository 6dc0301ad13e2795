/** A reaction: its key in the root map `reactions` says all but the time, which is its value. */
import { messageIdSchema, userIdSchema, type MessageId, type UserId } from '../ids.ts'
import { emojiSchema } from './emoji.ts'
import { timeSchema } from './time.ts'

/** The value kept under a reaction's key: when it was given, ms UTC. */
export const reactionRecordSchema = timeSchema

export interface ReactionKey {
  messageId: MessageId
  userId: UserId
  emoji: string
}

export function formatReactionKey({ messageId, userId, emoji }: ReactionKey): string {
  return `${messageId}/${userId}/${emoji}`
}

/** Reads a reaction's key; undefined when it is none. */
export function parseReactionKey(key: string): ReactionKey | undefined {
  const [message, user, emoji, ...rest] = key.split('/')
  if (rest.length > 0) return undefined
  const messageId = messageIdSchema.safeParse(message)
  const userId = userIdSchema.safeParse(user)
  const parsedEmoji = emojiSchema.safeParse(emoji)
  if (!messageId.success || !userId.success || !parsedEmoji.success) return undefined
  return { messageId: messageId.data, userId: userId.data, emoji: parsedEmoji.data }
}
