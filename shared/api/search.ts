/** REST contract: searching messages. */
import { z } from 'zod'
import { channelIdSchema, threadIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { messageSchema } from './messages.ts'
import { pageQuerySchema } from './paging.ts'

/** Longest `q`; a request's head has no place for more. */
const MAX_QUERY_LENGTH = 12_000

/** ms UTC, or a date or time of ISO 8601. */
const momentSchema = z
  .union([z.string().regex(/^\d{1,16}$/), z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))
  .pipe(timeSchema)

/**
 * `GET /messages/search?q=&channelId=&authorId=&from=&to=&limit=20&cursor=`. What `q` may say is in
 * shared/search/parse-query.ts; the other parameters narrow it down further. `from` is the first
 * moment that is searched, `to` the first that no longer is. Nothing asked for finds nothing.
 */
export const searchMessagesQuerySchema = pageQuerySchema.extend({
  q: z
    .string()
    .max(MAX_QUERY_LENGTH)
    .default('')
    .describe('Words, "phrases", -not, from:, in:, before:, after:, during:, has:, is:.'),
  channelId: z.union([channelIdSchema, threadIdSchema]).optional().describe('A channel or a DM.'),
  authorId: userIdSchema.optional(),
  from: momentSchema.optional().describe('The first moment that is searched.'),
  to: momentSchema.optional().describe('The first moment that no longer is searched.'),
})

const conversationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('channel'), id: channelIdSchema }),
  z.strictObject({ kind: z.literal('dm'), id: threadIdSchema }),
])

const snippetSchema = z.strictObject({
  text: z.string().describe('Part of the message as it was written; to be shown as text.'),
  highlights: z
    .array(z.strictObject({ start: z.int(), end: z.int() }))
    .describe(
      'What of `text` was asked for, in UTF-16 code units; in order, apart from each other.',
    ),
})

export const searchMessagesResponseSchema = z.strictObject({
  results: z.array(
    z.strictObject({
      message: messageSchema,
      conversation: conversationSchema,
      snippet: snippetSchema,
    }),
  ),
  total: z
    .int()
    .describe(
      'How many messages were found, of which only the newest 1,000 are counted and ranked.',
    ),
  isTotalCapped: z
    .boolean()
    .describe('There are more than `total`, or there was no time to find all of them.'),
  nextCursor: z.string().nullable(),
})

export type SearchMessagesQuery = z.infer<typeof searchMessagesQuerySchema>
export type SearchMessagesResponse = z.infer<typeof searchMessagesResponseSchema>
