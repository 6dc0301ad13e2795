/**
 * What an import command and the running server say to each other: JSON over HTTP, over a socket
 * in the data directory. Both sides parse what they get.
 */
import { z } from 'zod'
import { channelTypes } from '../../../shared/api/channels.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import {
  channelIdSchema,
  messageIdSchema,
  threadIdSchema,
  userIdSchema,
} from '../../../shared/ids.ts'
import { messageRecordSchema } from '../../../shared/records/message.ts'
import { timeSchema } from '../../../shared/records/time.ts'
import type {
  ImportedChannel,
  ImportedMessage,
  ImportedPerson,
  ImportedThread,
} from '../imported-records.ts'
import type { ImportNote } from '../note-import.ts'
import type { Directory } from '../write-directory.ts'

export const SOCKET_NAME = 'import.sock'

export const MAX_BODY_BYTES = 64 * 1_048_576
/** Most messages of one request; the last of them may still make it as large as a body may be. */
export const MAX_REQUEST_MESSAGES = 500
export const MAX_REQUEST_BYTES = 524_288

const nameSchema = z.string().max(1_000)

const personSchema: z.ZodType<ImportedPerson> = z.strictObject({
  id: userIdSchema,
  name: nameSchema,
  displayName: nameSchema.nullable(),
  email: nameSchema.nullable(),
  bio: nameSchema.nullable(),
  isDeactivated: z.boolean(),
  isGuest: z.boolean(),
})

const channelSchema: z.ZodType<ImportedChannel> = z.strictObject({
  id: channelIdSchema,
  name: nameSchema,
  slug: nameSchema,
  description: z.string().nullable(),
  type: z.enum(channelTypes),
  createdBy: userIdSchema.optional().transform((id) => id),
  createdAt: timeSchema,
  isArchived: z.boolean(),
  memberIds: z.array(userIdSchema),
})

const threadSchema: z.ZodType<ImportedThread> = z.strictObject({
  id: threadIdSchema,
  createdAt: timeSchema,
  participantIds: z.array(userIdSchema),
})

const messageSchema = z.strictObject({
  id: messageIdSchema,
  versions: z.tuple([messageRecordSchema], messageRecordSchema),
  reactions: z.array(z.tuple([z.string().max(200), timeSchema])),
  isJoining: z.boolean().optional(),
})
type WireMessage = z.infer<typeof messageSchema>

const conversationSchema: z.ZodType<Conversation> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('channel'), id: channelIdSchema }),
  z.strictObject({ kind: z.literal('dm'), id: threadIdSchema }),
])

export const directoryRequestSchema: z.ZodType<Directory> = z.strictObject({
  people: z.array(personSchema),
  channels: z.array(channelSchema),
  threads: z.array(threadSchema),
})
export const peopleRequestSchema = z.strictObject({ people: z.array(personSchema) })
export const historyRequestSchema = z.strictObject({
  conversation: conversationSchema,
  messages: z.array(messageSchema).max(MAX_REQUEST_MESSAGES),
})

const countSchema = z.int().min(0)
export const noteRequestSchema: z.ZodType<ImportNote> = z.strictObject({
  importId: z.uuid(),
  step: z.enum(['started', 'ended']),
  source: z.enum(['slack', 'jsonl']),
  workspace: nameSchema,
  counts: z.strictObject({
    people: countSchema,
    channels: countSchema,
    dms: countSchema,
    messages: countSchema,
    reactions: countSchema,
  }),
  isComplete: z.boolean(),
})

export const noteAnswerSchema = z.strictObject({})
export const directoryAnswerSchema = z.object({
  newPeople: z.number(),
  newChannels: z.number(),
  newThreads: z.number(),
  withoutEmail: z.array(z.string()),
})
export const peopleAnswerSchema = z.object({
  here: z.array(z.tuple([userIdSchema, userIdSchema])),
})
export const historyAnswerSchema = z.object({
  newMessages: z.number(),
  newReactions: z.number(),
})
export const problemAnswerSchema = z.object({ problem: z.string() })

export function messageToWire({ reactions, ...message }: ImportedMessage): WireMessage {
  return { ...message, reactions: [...reactions] }
}

export function wireToMessage({ reactions, ...message }: WireMessage): ImportedMessage {
  return { ...message, reactions: new Map(reactions) }
}
