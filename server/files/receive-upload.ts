/**
 * A multipart request -> a synced file beside the store, with its size and checksum. It streams: no
 * more than a few chunks are ever in memory. Whatever goes wrong on the way, a limit, a broken
 * connection, a full disk, leaves no byte behind; an upload that broke off is sent again in whole.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '../../shared/errors.ts'

export interface UploadRequest {
  contentType: string
  /** Undefined when the sender does not say. */
  contentLength: number | undefined
  body: ReadableStream<Uint8Array> | null
}

export interface ReceivedUpload {
  path: string
  /** As the sender gave it: hostile. */
  name: string
  sizeBytes: number
  checksum: string
  /** The field `id`, unchecked. */
  id: string | undefined
}

export interface ReceiveOptions {
  /** Where the bytes go; nothing may be there yet. */
  path: string
  maxSizeBytes: number
}

/** What the parts around a file may take. */
const ENVELOPE_BYTES = 8_192
const LIMITS = { files: 1, fields: 4, parts: 5, fieldSize: 200, headerPairs: 20, headerSize: 4_096 }

/** Throws AppError `file_too_large`, `invalid_request` or `storage_full`. */
export async function receiveUpload(
  { contentType, contentLength, body }: UploadRequest,
  { path, maxSizeBytes }: ReceiveOptions,
): Promise<ReceivedUpload> {
  if ((contentLength ?? 0) > maxSizeBytes + ENVELOPE_BYTES) throw new AppError('file_too_large')
  const parser = createParser(contentType)
  const abort = new AbortController()
  let fault: unknown
  let id: string | undefined
  let file: { stream: BusboyFileStream; name: string; writing: Promise<WrittenFile> } | undefined

  const refuse = (error: unknown): void => {
    fault ??= error
    abort.abort()
  }
  const refuseForm = (): void => refuse(new AppError('invalid_request'))
  parser.on('field', (name, value) => {
    if (name === 'id') id = value
  })
  parser.on('file', (_field, stream, name) => {
    const writing = writeFile(stream, path, maxSizeBytes)
    writing.catch(refuse)
    file = { stream, name, writing }
  })
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
    parser.on(limit, refuseForm)
  }
  try {
    if (body === null) throw new AppError('invalid_request')
    await pipeline(Readable.fromWeb(body), parser, { signal: abort.signal })
    if (file === undefined || fault !== undefined) throw new AppError('invalid_request')
    return { path, name: file.name, id, ...(await file.writing) }
  } catch (cause) {
    file?.stream.destroy()
    // Its bytes are removed only once nothing can write any more.
    await file?.writing.catch(() => undefined)
    await rm(path, { force: true })
    throw toUploadError(fault ?? cause)
  }
}

function createParser(contentType: string): BusboyInstance {
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw new AppError('invalid_request', { message: 'Send the file as multipart/form-data' })
  }
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS })
  } catch (cause) {
    throw new AppError('invalid_request', { cause })
  }
}

interface WrittenFile {
  sizeBytes: number
  checksum: string
}

async function writeFile(
  stream: BusboyFileStream,
  path: string,
  maxSizeBytes: number,
): Promise<WrittenFile> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length
      if (sizeBytes > maxSizeBytes) throw new AppError('file_too_large')
      hash.update(chunk)
      yield chunk
    }
  }
  // `flush`: on disk, not in the system's memory, when it is closed.
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(stream, count, target)
  return { sizeBytes, checksum: hash.digest('hex') }
}

/** The request itself is what else can fail here: broken off, or no form at all. */
function toUploadError(cause: unknown): unknown {
  if (cause instanceof AppError) return cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('storage_full', { cause })
  const isOfTheDisk = cause instanceof Error && 'syscall' in cause && 'path' in cause
  return isOfTheDisk ? cause : new AppError('invalid_request', { cause })
}
