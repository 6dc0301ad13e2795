/** REST contract: files that people upload, and how they show on messages. */
import { z } from 'zod'
import {
  channelIdSchema,
  fileIdSchema,
  messageIdSchema,
  threadIdSchema,
  userIdSchema,
} from '../ids.ts'
import { timeSchema } from '../records/time.ts'

/** A file as it stands on a message. */
export const messageFileSchema = z
  .strictObject({
    id: fileIdSchema,
    name: z.string(),
    size: z.int().describe('In bytes.'),
    type: z.string().describe('The media type that was found in its bytes.'),
    width: z.int().nullable().describe('Of pictures, in pixels, as they are shown.'),
    height: z.int().nullable(),
    hasThumbnail: z.boolean(),
  })
  .meta({ id: 'MessageFile' })

/** `GET /files/:id`. */
export const fileSchema = messageFileSchema
  .extend({
    ownerId: userIdSchema,
    checksum: z.string().describe('SHA-256 of its bytes, in hexadecimal.'),
    createdAt: timeSchema,
    attachedTo: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('channel'),
          id: channelIdSchema,
          messageId: messageIdSchema,
        }),
        z.strictObject({ kind: z.literal('dm'), id: threadIdSchema, messageId: messageIdSchema }),
      ])
      .nullable()
      .describe('The message that it is attached to; null until there is one.'),
  })
  .meta({ id: 'File' })

/**
 * `POST /files`, as `multipart/form-data`. With an `id` of one's own, a repetition with the same
 * bytes answers with the first one's file.
 */
export const uploadFileRequestSchema = z.strictObject({
  id: fileIdSchema.optional(),
  file: z.string().meta({ format: 'binary' }),
})

export type MessageFile = z.infer<typeof messageFileSchema>
export type UploadedFile = z.infer<typeof fileSchema>
