/**
 * What a Slack export's JSON may look like: a schema per record, at the edge. Unknown fields are
 * tolerated everywhere, since Slack adds some every year; a field that is used must be of its type.
 */
import { z } from 'zod'

const text = z.string()
/** Slack leaves a field out, or writes null or false, when it has nothing to say. */
const maybeText = z.preprocess(
  (value) => (value === null || value === false ? undefined : value),
  text.optional(),
)
const maybeFlag = z.preprocess((value) => value ?? undefined, z.boolean().optional())
const userId = z.string().regex(/^[A-Z0-9]{2,40}$/)
const seconds = z.preprocess(
  (value) => (typeof value === 'string' && value !== '' ? Number(value) : (value ?? undefined)),
  z.number().min(0).max(8_640_000_000_000).optional(),
)
const note = z.preprocess(
  (value) => value ?? undefined,
  z.looseObject({ value: maybeText }).optional(),
)

/** `1452837318.000012`: seconds, and microseconds that also number the messages of one moment. */
export const slackTimestampSchema = z.string().regex(/^[0-9]{1,11}\.[0-9]{1,6}$/)

export const slackUserSchema = z.looseObject({
  id: userId,
  team_id: maybeText,
  name: maybeText,
  real_name: maybeText,
  deleted: maybeFlag,
  is_bot: maybeFlag,
  is_stranger: maybeFlag,
  is_restricted: maybeFlag,
  is_ultra_restricted: maybeFlag,
  is_primary_owner: maybeFlag,
  profile: z.preprocess(
    (value) => value ?? undefined,
    z
      .looseObject({
        real_name: maybeText,
        display_name: maybeText,
        email: maybeText,
        title: maybeText,
        bot_id: maybeText,
      })
      .optional(),
  ),
})

export const slackConversationSchema = z.looseObject({
  id: z.string().regex(/^[A-Z0-9]{2,40}$/),
  name: maybeText,
  created: seconds,
  creator: maybeText,
  is_archived: maybeFlag,
  members: z.preprocess((value) => value ?? undefined, z.array(userId).optional()),
  topic: note,
  purpose: note,
})

const fileSchema = z.looseObject({
  id: maybeText,
  mode: maybeText,
  name: maybeText,
  title: maybeText,
  permalink: maybeText,
  url_private: maybeText,
})

const attachmentSchema = z.looseObject({
  fallback: maybeText,
  pretext: maybeText,
  author_name: maybeText,
  title: maybeText,
  title_link: maybeText,
  from_url: maybeText,
  text: maybeText,
  image_url: maybeText,
  footer: maybeText,
  fields: z.preprocess(
    (value) => value ?? undefined,
    z.array(z.looseObject({ title: maybeText, value: maybeText })).optional(),
  ),
})

const reactionSchema = z.looseObject({ name: text.min(1), users: z.array(userId) })

function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => value ?? undefined, z.array(schema).optional())
}

export const slackMessageSchema = z.looseObject({
  type: maybeText,
  subtype: maybeText,
  ts: slackTimestampSchema,
  thread_ts: z.preprocess((value) => value ?? undefined, slackTimestampSchema.optional()),
  user: z.preprocess((value) => value || undefined, userId.optional()),
  bot_id: maybeText,
  username: maybeText,
  text: maybeText,
  hidden: maybeFlag,
  blocks: listOf(z.unknown()),
  files: listOf(fileSchema),
  file: z.preprocess((value) => value ?? undefined, fileSchema.optional()),
  attachments: listOf(attachmentSchema),
  reactions: listOf(reactionSchema),
  edited: z.preprocess(
    (value) => value ?? undefined,
    z.looseObject({ ts: slackTimestampSchema }).optional(),
  ),
  user_profile: z.preprocess(
    (value) => value ?? undefined,
    z.looseObject({ real_name: maybeText, display_name: maybeText, name: maybeText }).optional(),
  ),
  bot_profile: z.preprocess(
    (value) => value ?? undefined,
    z.looseObject({ name: maybeText }).optional(),
  ),
  comment: z.preprocess(
    (value) => value ?? undefined,
    z.looseObject({ user: maybeText }).optional(),
  ),
  /** The changed message of a `message_changed`; checked like any other when it is used. */
  message: z.unknown().optional(),
  deleted_ts: z.preprocess((value) => value ?? undefined, slackTimestampSchema.optional()),
})

export type SlackUser = z.infer<typeof slackUserSchema>
export type SlackConversation = z.infer<typeof slackConversationSchema>
export type SlackMessage = z.infer<typeof slackMessageSchema>
export type SlackFile = z.infer<typeof fileSchema>
export type SlackAttachment = z.infer<typeof attachmentSchema>
