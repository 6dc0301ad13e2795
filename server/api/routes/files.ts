/** Files: upload, look at, delete. Who may see one is decided by the message that it is attached to. */
import type { ReadableStream } from 'node:stream/web'
import { z } from 'zod'
import {
  fileSchema,
  uploadFileRequestSchema,
  type UploadedFile,
} from '../../../shared/api/files.ts'
import { AppError } from '../../../shared/errors.ts'
import { fileIdSchema, type FileId, type UserId } from '../../../shared/ids.ts'
import { requireRate, type Rate } from '../../../shared/rate-limit.ts'
import type { StoredFile } from '../../files/file-rows.ts'
import type { Files } from '../../files/open-files.ts'
import type { ReadConversationAccess } from '../../queries/conversation-access.ts'
import { createApp, json, signedInRoute, type ApiApp } from '../api-context.ts'
import { sendFile } from '../file-response.ts'

export interface FileRouteDeps {
  files: Files
  readAccess: ReadConversationAccess
  /** Counts the uploads of each person. */
  uploadRate: Rate
}

const params = z.object({ id: fileIdSchema })
const bytes = (description: string) => ({
  description,
  content: { '*/*': { schema: { type: 'string', format: 'binary' } as const } },
})
const partResponses = {
  200: bytes('The bytes, under the type that was found in them'),
  206: bytes('The bytes that the header Range asks for'),
  304: { description: 'As the header If-None-Match says' },
  416: { description: 'The range lies behind the end' },
}

// Described alone: a validator would read the whole body into memory.
const uploadRoute = signedInRoute({
  method: 'post',
  path: '/files',
  noes: [409, 503],
  summary: 'Upload a file; attach it by naming it in a message within a day',
  request: {
    body: {
      required: true,
      content: { 'multipart/form-data': { schema: uploadFileRequestSchema } },
    },
  },
  responses: { 201: json(fileSchema, 'The file, which is stored') },
})
const getRoute = signedInRoute({
  method: 'get',
  path: '/files/{id}',
  summary: 'Get what is known of a file',
  request: { params },
  responses: { 200: json(fileSchema, 'The file') },
})
const deleteRoute = signedInRoute({
  method: 'delete',
  path: '/files/{id}',
  noes: [409],
  summary: 'Delete a file of yours that is attached to nothing; others go with their message',
  request: { params },
  responses: { 204: { description: 'Deleted' } },
})
const contentRoute = signedInRoute({
  method: 'get',
  path: '/files/{id}/content',
  summary: 'Get the bytes of a file',
  request: { params },
  responses: partResponses,
})
const thumbnailRoute = signedInRoute({
  method: 'get',
  path: '/files/{id}/thumbnail',
  summary: 'Get the thumbnail of a picture',
  request: { params },
  responses: partResponses,
})

export function createFileRoutes({ files, readAccess, uploadRate }: FileRouteDeps): ApiApp {
  const app = createApp()

  /** A file that one may not read looks like one that does not exist. */
  function requireFile(userId: UserId, id: FileId): StoredFile {
    const file = files.find(id)
    if (file === undefined || !mayRead(userId, file)) throw new AppError('not_found')
    return file
  }

  function mayRead(userId: UserId, { ownerId, attachment }: StoredFile): boolean {
    if (attachment === undefined) return ownerId === userId
    return readAccess(userId, attachment.conversation).canRead
  }

  app.openAPIRegistry.registerPath(uploadRoute)
  app.post('/files', async (context) => {
    const { userId } = context.get('identity')
    // After a no the rest of the body is not read, and the next request needs another connection.
    context.header('Connection', 'close')
    requireRate([uploadRate, userId])
    const { req } = context
    const length = req.header('content-length')
    const file = await files.upload(userId, {
      contentType: req.header('content-type') ?? '',
      contentLength: length === undefined ? undefined : Number(length),
      body: req.raw.body as ReadableStream<Uint8Array> | null, // the same stream, by Node's type
    })
    context.header('Connection', undefined)
    return context.json(toUploadedFile(file), 201)
  })
  app.openapi(getRoute, (context) => {
    const file = requireFile(context.get('identity').userId, context.req.valid('param').id)
    return context.json(toUploadedFile(file), 200)
  })
  app.openapi(deleteRoute, (context) => {
    const { userId } = context.get('identity')
    const { id, ownerId } = requireFile(userId, context.req.valid('param').id)
    if (ownerId !== userId) throw new AppError('not_yours')
    files.remove(id)
    return context.body(null, 204)
  })
  app.openapi(contentRoute, (context) => {
    const file = requireFile(context.get('identity').userId, context.req.valid('param').id)
    const { id, name, type, sizeBytes, checksum: tag } = file
    const read = (range?: { start: number; end: number }) => files.read(id, 'content', range)
    return sendFile(context, { name, type, sizeBytes, tag, read })
  })
  app.openapi(thumbnailRoute, (context) => {
    const file = requireFile(context.get('identity').userId, context.req.valid('param').id)
    const { id, name, thumbnailBytes: sizeBytes, checksum } = file
    if (sizeBytes === null) throw new AppError('not_found')
    const read = (range?: { start: number; end: number }) => files.read(id, 'thumbnail', range)
    const tag = `${checksum}-thumbnail`
    return sendFile(context, { name: `${name}.webp`, type: 'image/webp', sizeBytes, tag, read })
  })
  return app
}

function toUploadedFile(file: StoredFile): UploadedFile {
  const { sizeBytes, thumbnailBytes, attachment, id, name, type, width, height } = file
  const { ownerId, checksum, createdAt } = file
  return {
    ...{ id, name, size: sizeBytes, type, width, height, hasThumbnail: thumbnailBytes !== null },
    ...{ ownerId, checksum, createdAt },
    attachedTo:
      attachment === undefined
        ? null
        : { ...attachment.conversation, messageId: attachment.messageId },
  }
}
