/**
 * A file's bytes -> an answer from which no script ever runs: the type is the one that was found in
 * the bytes, only pictures, sound, film and plain text are shown at all, and in a sandbox.
 */
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { ByteRange } from '../files/file-store.ts'
import { parseByteRange } from './byte-range.ts'
import { formatContentDisposition } from './content-disposition.ts'

export interface ServedFile {
  name: string
  type: string
  sizeBytes: number
  /** Changes with the bytes; without quotes. */
  tag: string
  read: (range?: ByteRange) => Promise<Readable>
}

const SHOWN = new Set([
  ...['image/png', 'image/apng', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
  ...['audio/mpeg', 'audio/mp4', 'audio/x-m4a', 'audio/wav', 'audio/ogg', 'audio/flac'],
  ...['audio/aac', 'video/mp4', 'video/webm', 'video/quicktime', 'text/plain'],
])

export async function sendFile(context: Context, file: ServedFile): Promise<Response> {
  const etag = `"${file.tag}"`
  const headers = headersOf(file, etag)
  const { method } = context.req
  if (isKnown(context.req.header('if-none-match'), etag)) return context.body(null, 304, headers)

  const ifRange = context.req.header('if-range')
  const isRangeMeant = ifRange === undefined || ifRange === etag
  const range = isRangeMeant
    ? parseByteRange(context.req.header('range'), file.sizeBytes)
    : undefined
  if (range === 'unsatisfiable') {
    return context.body(null, 416, { ...headers, 'Content-Range': `bytes */${file.sizeBytes}` })
  }
  const length = range === undefined ? file.sizeBytes : range.end - range.start + 1
  const sized = {
    ...headers,
    'Content-Length': String(length),
    ...(range && { 'Content-Range': `bytes ${range.start}-${range.end}/${file.sizeBytes}` }),
  }
  const status = range === undefined ? 200 : 206
  if (method === 'HEAD') return context.body(null, status, sized)
  return context.body(toWebStream(await file.read(range)), status, sized)
}

function headersOf({ name, type }: ServedFile, etag: string): Record<string, string> {
  const kind = SHOWN.has(type) ? 'inline' : 'attachment'
  return {
    'Content-Type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'Content-Disposition': formatContentDisposition(kind, name),
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    ETag: etag,
    // Access may end: a browser asks each time, and mostly hears that nothing has changed.
    'Cache-Control': 'private, no-cache, no-transform',
  }
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

function toWebStream(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as ReadableStream<Uint8Array> // Node's type of the same thing, and files are read as bytes
}
