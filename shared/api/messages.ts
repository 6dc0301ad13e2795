/** REST contract: messages of a channel or a DM. */
import { z } from 'zod'
import { fileIdSchema, messageIdSchema, userIdSchema } from '../ids.ts'
import { MAX_CONTENT_LENGTH, MAX_FILES, messageTypes } from '../records/message.ts'
import { timeSchema } from '../records/time.ts'
import { messageFileSchema } from './files.ts'
import { cursorSchema } from './paging.ts'

export const messageAuthorSchema = z.strictObject({
  id: userIdSchema,
  name: z.string(),
  displayName: z.string().nullable(),
  avatarUrl: z.string().nullable(),
})

export const messageSchema = z.strictObject({
  id: messageIdSchema,
  author: messageAuthorSchema,
  /** Markdown; empty when the message was deleted. */
  content: z.string(),
  type: z.enum(messageTypes),
  version: z.int(),
  parentId: messageIdSchema.nullable(),
  replyToId: messageIdSchema.nullable(),
  /** What the record names; `files` are those of them that are attached here. */
  fileIds: z.array(fileIdSchema),
  files: z.array(messageFileSchema),
  createdAt: timeSchema,
  /** When it reached the server; later than `createdAt` when it was written offline. */
  receivedAt: timeSchema,
  editedAt: timeSchema.nullable(),
  deletedAt: timeSchema.nullable(),
  reactions: z.array(
    z.strictObject({ emoji: z.string(), count: z.int(), userIds: z.array(userIdSchema) }),
  ),
  replyCount: z.int(),
  isPinned: z.boolean(),
  /** Which document of the conversation's chain holds it. */
  segment: z.int(),
})

/** `GET …/messages/:messageId`. */
export const locatedMessageSchema = messageSchema.extend({
  /** The segments that hold replies to it, in order. */
  replySegments: z.array(z.int()),
})

/**
 * `GET …/messages?limit=50&cursor=&before=&after=`. `before` and `after` are message ids.
 * Without any of the three: the newest page. Messages come oldest first within a page.
 */
export const listMessagesQuerySchema = z
  .strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(50),
    cursor: cursorSchema.optional(),
    before: messageIdSchema.optional(),
    after: messageIdSchema.optional(),
  })
  .refine(
    ({ cursor, before, after }) =>
      [cursor, before, after].filter((v) => v !== undefined).length <= 1,
    { message: 'cursor, before and after exclude each other' },
  )
export const listMessagesResponseSchema = z.strictObject({
  messages: z.array(messageSchema),
  /** Towards older messages; null at the beginning of the history. */
  nextCursor: z.string().nullable(),
  /** Towards newer messages; null on the newest page. */
  prevCursor: z.string().nullable(),
})

/** `POST …/messages`. With an `id` of one's own, a repetition answers with the first one's message. */
export const postMessageRequestSchema = z.strictObject({
  id: messageIdSchema.optional(),
  content: z.string().min(1).max(MAX_CONTENT_LENGTH),
  parentId: messageIdSchema.optional(),
  replyToId: messageIdSchema.optional(),
  /** Files of one's own that are attached to nothing yet, or files of this conversation. */
  fileIds: z.array(fileIdSchema).min(1).max(MAX_FILES).optional(),
})

export type Message = z.infer<typeof messageSchema>
export type LocatedMessage = z.infer<typeof locatedMessageSchema>
