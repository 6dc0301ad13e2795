/**
 * The stateless messages of `/sync`: small JSON texts beside the Yjs protocol, never stored.
 * On a conversation's document: durable, typing, segments. On the person's own document `user:<id>`:
 * welcome, event, presence.
 */
import { z } from 'zod'
import { channelIdSchema, threadIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'

const clientIdSchema = z.int().min(0).max(0xffff_ffff)

/** Every struct of `clientId` below `clock` is on the server's disk. Sent to the writer alone. */
export const durableMessageSchema = z.strictObject({
  type: z.literal('durable'),
  clientId: clientIdSchema,
  clock: z.int().min(0),
})

/** Who is typing in this conversation now; the whole list, replacing the one before. */
export const typingMessageSchema = z.strictObject({
  type: z.literal('typing'),
  userIds: z.array(userIdSchema),
})

/**
 * Sent once on connecting to `user:<id>`. `now` (ms UTC) lets a device correct its clock;
 * `generation` rises when the store was restored from a backup.
 */
export const welcomeMessageSchema = z.strictObject({
  type: z.literal('welcome'),
  now: timeSchema,
  generation: z.int().min(1),
})

/** People who came or went since the last such message; `isComplete` replaces the whole list. */
export const presenceMessageSchema = z.strictObject({
  type: z.literal('presence'),
  isComplete: z.boolean(),
  online: z.array(userIdSchema),
  offline: z.array(userIdSchema),
})

/**
 * On the newest segment of a conversation: which of its segments have changed, up to `seq`. Sent
 * in answer to a browser, and to everybody when one of the older segments changes.
 */
export const segmentsMessageSchema = z.strictObject({
  type: z.literal('segments'),
  changed: z.array(z.int().min(1)),
  seq: z.int().min(0),
})

/**
 * Something in the directory changed: what to read again by REST. Missing one never matters,
 * since a browser reads the directory again whenever it connects.
 */
export const directoryEventSchema = z.discriminatedUnion('topic', [
  z.strictObject({ topic: z.literal('people') }),
  z.strictObject({ topic: z.literal('channels') }),
  z.strictObject({ topic: z.literal('channel'), channelId: channelIdSchema }),
  z.strictObject({ topic: z.literal('dms') }),
  z.strictObject({ topic: z.literal('dm'), threadId: threadIdSchema }),
  z.strictObject({ topic: z.literal('me') }),
  /** One has read on another device. */
  z.strictObject({
    topic: z.literal('reads'),
    conversationId: z.union([channelIdSchema, threadIdSchema]),
  }),
  z.strictObject({ topic: z.literal('notifications') }),
])

export const eventMessageSchema = z.strictObject({
  type: z.literal('event'),
  event: directoryEventSchema,
})

/** All that the server sends. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  durableMessageSchema,
  typingMessageSchema,
  welcomeMessageSchema,
  presenceMessageSchema,
  eventMessageSchema,
  segmentsMessageSchema,
])

/** A browser shows a few conversations at once at most. */
export const MAX_LOOKED_AT = 10

/**
 * All that a browser sends: that its person types in this document, or has stopped; the question
 * which segments of the conversation have changed since it last heard of them; and, on the person's
 * own document, which conversations they have before their eyes now, which replaces what it said before.
 */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('typing'), isTyping: z.boolean() }),
  z.strictObject({ type: z.literal('segments'), since: z.int().min(0) }),
  z.strictObject({
    type: z.literal('looking'),
    at: z.array(z.union([channelIdSchema, threadIdSchema])).max(MAX_LOOKED_AT),
  }),
])

export type ServerMessage = z.infer<typeof serverMessageSchema>
export type ClientMessage = z.infer<typeof clientMessageSchema>
export type DirectoryEvent = z.infer<typeof directoryEventSchema>
