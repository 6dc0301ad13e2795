/** A message as it is kept under its id in the root map `messages`. */
import { z } from 'zod'
import { fileIdSchema, messageIdSchema, userIdSchema } from '../ids.ts'
import { timeSchema } from './time.ts'

/** Longest content of a message, in characters (Unicode code points), as Zod and JSON Schema count. */
export const MAX_CONTENT_LENGTH = 16_000

/** How many characters a message has beyond what it may have; none when it is short enough. */
export function surplusOf(content: string): number {
  if (content.length <= MAX_CONTENT_LENGTH) return 0
  return Math.max(0, Array.from(content).length - MAX_CONTENT_LENGTH)
}
/** Most files of one message. */
export const MAX_FILES = 10

/** Who deleted what grew too old, or whose author was erased: no person has this id. */
export const NOBODY = userIdSchema.parse('00000000-0000-7000-8000-000000000000')

export const messageTypes = ['TEXT', 'FILE', 'SYSTEM'] as const

const stampSchema = z.strictObject({
  authorId: userIdSchema,
  type: z.enum(messageTypes),
  createdAt: timeSchema,
  version: z.int().min(1),
  parentId: messageIdSchema.optional(),
  replyToId: messageIdSchema.optional(),
})

const liveMessageSchema = stampSchema.extend({
  content: z
    .string()
    .min(1)
    .max(MAX_CONTENT_LENGTH)
    .refine((content) => content.trim().length > 0),
  fileIds: z.array(fileIdSchema).min(1).max(MAX_FILES).optional(),
  editedAt: timeSchema.optional(),
})

const tombstoneSchema = stampSchema.extend({
  content: z.literal(''),
  editedAt: timeSchema.optional(),
  deletedAt: timeSchema,
  deletedBy: userIdSchema,
})

/** A message that can be read, or the tombstone that stands for a deleted one. */
export const messageRecordSchema = z.union([liveMessageSchema, tombstoneSchema])

export type LiveMessage = z.infer<typeof liveMessageSchema>
export type Tombstone = z.infer<typeof tombstoneSchema>
export type MessageRecord = LiveMessage | Tombstone

export function isTombstone(record: MessageRecord): record is Tombstone {
  return 'deletedAt' in record
}
