/**
 * What the tabs of one browser say to each other. What a tab asks for is checked whole, since it
 * may also come from localStorage, where an older version of the app wrote it. What the leading
 * tab tells of (status, messages) is taken as it is: only tabs of the same version listen to it.
 */
import { z } from 'zod'
import type { Conversation } from '../../../shared/document/names.ts'
import {
  channelIdSchema,
  messageIdSchema,
  threadIdSchema,
  userIdSchema,
} from '../../../shared/ids.ts'
import { timeSchema } from '../../../shared/records/time.ts'
import { directoryEventSchema } from '../../../shared/sync/stateless-messages.ts'
import type { DirectoryNews, EngineStatus, Revealed } from '../engine-interface.ts'
import type { SnapshotChanges } from './snapshot-changes.ts'

const conversationSchema: z.ZodType<Conversation> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('channel'), id: channelIdSchema }),
  z.strictObject({ kind: z.literal('dm'), id: threadIdSchema }),
])

/** A method of ConversationHandle that writes, and its arguments. */
const writeCallSchema = z.union([
  z.tuple([
    z.literal('send'),
    z.strictObject({
      content: z.string(),
      parentId: messageIdSchema.optional(),
      replyToId: messageIdSchema.optional(),
      shownAs: z.strictObject({ messageId: messageIdSchema, createdAt: timeSchema }),
    }),
  ]),
  z.tuple([z.literal('edit'), messageIdSchema, z.string()]),
  z.tuple([z.literal('remove'), messageIdSchema]),
  z.tuple([z.literal('setReaction'), messageIdSchema, z.string(), z.boolean()]),
  z.tuple([z.literal('setPinned'), messageIdSchema, z.boolean()]),
  z.tuple([z.literal('retry'), z.string()]),
  z.tuple([z.literal('discard'), z.string()]),
])

/** A method of ConversationHandle that changes what is shown or passing, and its arguments. */
const viewCallSchema = z.union([
  z.tuple([z.literal('loadOlder')]),
  z.tuple([z.literal('loadNewer')]),
  z.tuple([z.literal('showNewest')]),
  z.tuple([z.literal('showThread'), messageIdSchema.or(z.undefined())]),
  z.tuple([z.literal('setTyping'), z.boolean()]),
])

/** A write that must not be lost between two tabs; doing it twice does no harm. */
export const writeCommandSchema = z.strictObject({
  id: z.string(),
  /** Commands of one tab are carried out in this order. */
  order: z.number(),
  conversation: conversationSchema,
  call: writeCallSchema,
})

/** To all tabs of this person. Any version has to understand `hello` and `leading`. */
export const commonMessageSchema = z.discriminatedUnion('type', [
  /** A tab would follow whoever leads, over a channel of this name. */
  z.strictObject({
    type: z.literal('hello'),
    version: z.string(),
    session: z.string(),
    isVisible: z.boolean(),
  }),
  /** Who leads now; in answer to a hello of another version too. */
  z.strictObject({ type: z.literal('leading'), version: z.string(), leaderId: z.string() }),
  /** A tab closed its engine with something undelivered, which is in the outbox on disk. */
  z.strictObject({ type: z.literal('left-behind') }),
  /** Everything of this person was deleted: nobody opens it again. */
  z.strictObject({ type: z.literal('erased') }),
])

/** From a tab to the one that leads. */
export const followerMessageSchema = z.discriminatedUnion('type', [
  /** Answered with `here` at once. */
  z.strictObject({ type: z.literal('ask') }),
  z.strictObject({ type: z.literal('sight'), isVisible: z.boolean() }),
  z.strictObject({
    type: z.literal('open'),
    handleId: z.string(),
    conversation: conversationSchema,
  }),
  z.strictObject({ type: z.literal('close'), handleId: z.string() }),
  z.strictObject({ type: z.literal('call'), handleId: z.string(), call: viewCallSchema }),
  /** Answered with `revealed`. */
  z.strictObject({
    type: z.literal('reveal'),
    handleId: z.string(),
    requestId: z.string(),
    messageId: messageIdSchema,
  }),
  /** Answered with `stored` once it is on disk. */
  z.strictObject({ type: z.literal('write'), command: writeCommandSchema }),
  z.strictObject({
    type: z.literal('segments'),
    known: z.array(
      z.strictObject({ conversation: conversationSchema, newestSegment: z.int().min(1) }),
    ),
  }),
  z.strictObject({ type: z.literal('looking'), at: z.array(conversationSchema) }),
  z.strictObject({ type: z.literal('reconnect') }),
  /** Answered with `erased`. */
  z.strictObject({ type: z.literal('erase') }),
])

const newsSchema: z.ZodType<DirectoryNews> = z.union([
  directoryEventSchema,
  z.strictObject({
    topic: z.literal('arrivals'),
    conversationId: z.union([channelIdSchema, threadIdSchema]),
  }),
])

const statusSchema = z.custom<EngineStatus>(isObject)

/** From the tab that leads to one that follows. */
const leaderMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('here'), isVisible: z.boolean() }),
  z.strictObject({ type: z.literal('welcome') }),
  /** `time` by the leader's clock, which the server corrects. */
  z.strictObject({ type: z.literal('status'), status: statusSchema, time: z.number() }),
  z.strictObject({ type: z.literal('presence'), online: z.array(userIdSchema) }),
  z.strictObject({ type: z.literal('directory'), event: newsSchema.optional() }),
  z.strictObject({
    type: z.literal('snapshot'),
    handleId: z.string(),
    changes: z.custom<SnapshotChanges>(isObject),
  }),
  /** After the snapshot in which it stands. */
  z.strictObject({
    type: z.literal('revealed'),
    handleId: z.string(),
    requestId: z.string(),
    revealed: z.custom<Revealed>(isObject),
  }),
  z.strictObject({ type: z.literal('stored'), commandId: z.string() }),
  z.strictObject({ type: z.literal('erased') }),
  /** It leads no longer. */
  z.strictObject({ type: z.literal('over') }),
])

/** Two tabs may take themselves for the leader for a moment: each says who it is. */
export const fromLeaderSchema = z.strictObject({
  leaderId: z.string(),
  message: leaderMessageSchema,
})

export type WriteCall = z.infer<typeof writeCallSchema>
export type ViewCall = z.infer<typeof viewCallSchema>
export type WriteCommand = z.infer<typeof writeCommandSchema>
export type CommonMessage = z.infer<typeof commonMessageSchema>
export type FollowerMessage = z.infer<typeof followerMessageSchema>
export type LeaderMessage = z.infer<typeof leaderMessageSchema>

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
