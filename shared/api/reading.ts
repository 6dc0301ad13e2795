/** REST contract: how far one has read in a conversation, what is unread, and that one types. */
import { z } from 'zod'
import { messageIdSchema } from '../ids.ts'

/** What is counted at most; a larger number means "this many or more". */
export const MAX_UNREAD = 200

/**
 * How far the asker has read, in the order in which messages arrived. One's own messages and
 * deleted ones are never unread, and replies in threads are counted only where they mention one.
 * Who is not in the channel has read nothing and misses nothing.
 */
export const readingSchema = z
  .strictObject({
    lastReadMessageId: messageIdSchema.nullable(),
    unreadCount: z.int().min(0).max(MAX_UNREAD),
    mentionCount: z
      .int()
      .min(0)
      .max(MAX_UNREAD)
      .describe(
        'Unread messages and replies that mention one, the channel, or those who are here.',
      ),
  })
  .meta({ id: 'Reading' })

/** `POST …/read`: all that arrived up to this message is read. `POST …/unread`: it is not. */
export const markReadRequestSchema = z.strictObject({ messageId: messageIdSchema })

/** `POST …/typing`. Who types says so every few seconds; after six of silence they have stopped. */
export const typingRequestSchema = z.strictObject({ isTyping: z.boolean().default(true) })

export type Reading = z.infer<typeof readingSchema>
