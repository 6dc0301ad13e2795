/** REST contract: messages of a channel or a DM. */
import { z } from 'zod'
import { fileIdSchema, messageIdSchema, userIdSchema } from '../ids.ts'
import { emojiSchema } from '../records/emoji.ts'
import { MAX_CONTENT_LENGTH, MAX_FILES, messageTypes } from '../records/message.ts'
import { timeSchema } from '../records/time.ts'
import { messageFileSchema } from './files.ts'
import { cursorSchema, limitSchema, queryOption } from './paging.ts'

export const messageAuthorSchema = z
  .strictObject({
    id: userIdSchema,
    name: z.string(),
    displayName: z.string().nullable(),
    avatarUrl: z.string().nullable(),
  })
  .meta({ id: 'Author' })

export const messageSchema = z
  .strictObject({
    id: messageIdSchema,
    author: messageAuthorSchema,
    content: z.string().describe('Markdown; empty when the message was deleted.'),
    type: z.enum(messageTypes),
    version: z.int(),
    parentId: messageIdSchema.nullable(),
    replyToId: messageIdSchema.nullable(),
    fileIds: z
      .array(fileIdSchema)
      .describe('What the record names; `files` are those of them that are attached here.'),
    files: z.array(messageFileSchema),
    createdAt: timeSchema,
    receivedAt: timeSchema.describe(
      'When it reached the server; later than `createdAt` when it was written offline.',
    ),
    editedAt: timeSchema.nullable(),
    deletedAt: timeSchema.nullable(),
    reactions: z.array(
      z.strictObject({ emoji: z.string(), count: z.int(), userIds: z.array(userIdSchema) }),
    ),
    replyCount: z.int().describe('Replies to it that were not deleted.'),
    lastRepliers: z
      .array(messageAuthorSchema.extend({ repliedAt: timeSchema }))
      .describe(
        'Up to three people who replied last, the last one first, with the time of their last reply.',
      ),
    isPinned: z.boolean(),
    segment: z.int().describe("Which document of the conversation's chain holds it."),
  })
  .meta({ id: 'Message' })

/** How much of a message lists of conversations show. */
export const MAX_PREVIEW_LENGTH = 200

/** The newest message of a conversation that was not deleted, as its list shows it. */
export const lastMessageSchema = z.strictObject({
  authorId: userIdSchema,
  content: z.string().describe('The first 200 characters of the Markdown.'),
  type: z.enum(messageTypes),
  createdAt: timeSchema,
})

/** `GET …/messages/:messageId`. */
export const locatedMessageSchema = messageSchema
  .extend({
    replySegments: z.array(z.int()).describe('The segments that hold replies to it, in order.'),
  })
  .meta({ id: 'LocatedMessage' })

/**
 * `GET …/messages?limit=50&cursor=&before=&after=`. `before` and `after` are message ids.
 * Without any of the three: the newest page. Messages come oldest first within a page.
 */
export const listMessagesQuerySchema = z
  .strictObject({
    limit: limitSchema(50),
    cursor: queryOption(cursorSchema),
    before: queryOption(messageIdSchema.describe('The page that ends before this message.')),
    after: queryOption(messageIdSchema.describe('The page that begins after this message.')),
  })
  .refine(
    ({ cursor, before, after }) =>
      [cursor, before, after].filter((v) => v !== undefined).length <= 1,
    { message: 'cursor, before and after exclude each other' },
  )
export const listMessagesResponseSchema = z.strictObject({
  messages: z.array(messageSchema),
  nextCursor: z
    .string()
    .nullable()
    .describe('Towards older messages; null at the beginning of the history.'),
  prevCursor: z.string().nullable().describe('Towards newer messages; null on the newest page.'),
})

/** Words of a message as they are sent. */
const contentSchema = z
  .string()
  .min(1)
  .max(MAX_CONTENT_LENGTH)
  // Halves of characters are lost in every document; what is compared later has lost them, too.
  .overwrite((text) => text.toWellFormed())

/**
 * `POST …/messages`. With an `id` of one's own, or an `Idempotency-Key` header, a repetition answers
 * with the first one's message; something else under the same id or key is refused.
 */
export const postMessageRequestSchema = z
  .strictObject({
    id: messageIdSchema
      .optional()
      .describe('A UUIDv7 of your own, which makes a repetition harmless.'),
    content: contentSchema,
    type: z
      .enum(['TEXT', 'FILE'])
      .optional()
      .describe('`FILE` takes `fileIds`; by default it is what fits.'),
    parentId: messageIdSchema
      .optional()
      .describe('The message whose thread this reply belongs to.'),
    replyToId: messageIdSchema.optional().describe('The message that is quoted.'),
    fileIds: z.array(fileIdSchema).min(1).max(MAX_FILES).optional(),
  })
  .refine(
    ({ type, fileIds }) => type === undefined || (type === 'FILE') === (fileIds !== undefined),
    {
      message: 'FILE messages have fileIds, and TEXT messages none',
    },
  )

/** The headers of `POST …/messages`. Keys are kept for a day, for each person and conversation. */
export const postMessageHeadersSchema = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Makes a repetition answer with the message that the first request made.'),
})

/** `PATCH …/messages/:messageId`. */
export const editMessageRequestSchema = z.strictObject({ content: contentSchema })

/** The headers of `PATCH …/messages/:messageId`: the version that is edited, as its `ETag` says. */
export const editMessageHeadersSchema = z.object({
  'if-match': z.string().max(500).optional().describe('The `ETag` of the version that is edited.'),
})

/** `GET …/messages/:messageId/replies?limit=20&cursor=`: oldest first. */
export const listRepliesResponseSchema = z.strictObject({
  messages: z.array(messageSchema),
  nextCursor: z.string().nullable(),
})

/** `POST …/reactions`; in the query of `DELETE …/reactions`. */
export const reactionRequestSchema = z.strictObject({ emoji: emojiSchema })

/** `GET …/pins`: what was pinned last comes first. */
export const listPinsResponseSchema = z.strictObject({
  pins: z.array(
    z.strictObject({ message: messageSchema, pinnedBy: userIdSchema, pinnedAt: timeSchema }),
  ),
  nextCursor: z.string().nullable(),
})

/** `GET …/messages/:messageId/revisions`: what it said before, the newest first. */
export const listRevisionsResponseSchema = z.strictObject({
  revisions: z.array(
    z.strictObject({ version: z.int(), content: z.string(), replacedAt: timeSchema }),
  ),
  nextCursor: z.string().nullable(),
})

export type Message = z.infer<typeof messageSchema>
export type LocatedMessage = z.infer<typeof locatedMessageSchema>
export type Revision = z.infer<typeof listRevisionsResponseSchema>['revisions'][number]
export type PinnedMessage = z.infer<typeof listPinsResponseSchema>['pins'][number]
export type LastMessage = z.infer<typeof lastMessageSchema>
