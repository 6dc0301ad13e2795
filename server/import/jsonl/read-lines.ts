/**
 * The lines of a file, gzipped or not, in bounded memory: a line that is too long is told of, not
 * kept, and a file that inflates beyond all measure is refused.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { show } from '../archive/check-entry.ts'
import { ImportRefusal } from '../import-refusal.ts'

export interface Line {
  /** Counted from 1. */
  number: number
  /** Undefined when the line is too long. */
  bytes: Buffer | undefined
}

export interface LineFile {
  sizeBytes: number
  /**
   * Reads the file from its beginning: lines that are not empty, many at a time, and how many of
   * the file's bytes were read for them. Throws ImportRefusal when it is damaged or a bomb.
   */
  read: () => AsyncGenerator<{ lines: Line[]; readBytes: number }>
  close: () => Promise<void>
}

export interface LineLimits {
  maxLineBytes: number
  maxTotalBytes: number
  /** How many times larger than its packed form a file may become. */
  maxRatio: number
  /** Files up to this size may have any ratio. */
  ratioFreeBytes: number
}

/** A line of JSON may hold a text that is cut into 256 messages. Chat packs to a tenth or so. */
const defaultLineLimits: LineLimits = {
  maxLineBytes: 8 * 1_048_576,
  maxTotalBytes: 100 * 1_073_741_824,
  maxRatio: 250,
  ratioFreeBytes: 16 * 1_048_576,
}

const NEWLINE = 0x0a
const CHUNK_BYTES = 262_144

/** Throws ImportRefusal when there is no such file. */
export async function openLineFile(
  path: string,
  limits: LineLimits = defaultLineLimits,
): Promise<LineFile> {
  const handle = await openFile(path)
  try {
    const { size } = await handle.stat()
    const magic = await handle.read(Buffer.alloc(2), 0, 2, 0)
    const isPacked = magic.bytesRead === 2 && magic.buffer.readUInt16BE(0) === 0x1f8b
    return {
      sizeBytes: size,
      read: () => readLines(handle, isPacked, limits),
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw new ImportRefusal('damaged_file', `${show(path)} cannot be read: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw new ImportRefusal('not_found', `there is no file ${show(path)} that can be read`, {
      cause: error,
    })
  }
}

async function* readLines(handle: FileHandle, isPacked: boolean, limits: LineLimits) {
  const progress = { readBytes: 0 }
  const raw = readChunks(handle, progress)
  const chunks: AsyncIterable<Buffer> = isPacked
    ? // The reader below is told of every failure; nobody else has to be.
      pipeline(Readable.from(raw), createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined)
    : raw
  const cut = createLineCutter(limits.maxLineBytes)
  let inflatedBytes = 0
  try {
    for await (const chunk of chunks) {
      inflatedBytes += chunk.length
      requireMeasure(inflatedBytes, progress.readBytes, limits)
      yield { lines: cut.add(chunk), readBytes: progress.readBytes }
    }
    yield { lines: cut.end(), readBytes: progress.readBytes }
  } catch (error) {
    if (!isFaultOfFile(error)) throw error
    const problem = `the file is damaged behind line ${cut.lineCount()}: ${reasonOf(error)}`
    throw new ImportRefusal('damaged_file', problem, { cause: error })
  }
}

/** From one handle, so that the file is the same one whenever it is read again. */
async function* readChunks(handle: FileHandle, progress: { readBytes: number }) {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, progress.readBytes)
    if (bytesRead === 0) return
    progress.readBytes += bytesRead
    yield chunk.subarray(0, bytesRead)
  }
}

function requireMeasure(inflated: number, read: number, limits: LineLimits): void {
  if (inflated > limits.maxTotalBytes) {
    throw new ImportRefusal('archive_too_large', 'the file holds more than is ever read')
  }
  if (inflated > limits.ratioFreeBytes && inflated > read * limits.maxRatio) {
    throw new ImportRefusal(
      'compression_bomb',
      `the file inflates to more than ${limits.maxRatio} times its size`,
    )
  }
}

function createLineCutter(maxLineBytes: number) {
  let number = 1
  let begun: Buffer[] = []
  let begunBytes = 0

  function finish(): Line[] {
    if (begunBytes === 0) {
      number += 1
      return []
    }
    const isTooLong = begunBytes > maxLineBytes
    const bytes = isTooLong ? undefined : Buffer.concat(begun)
    begun = []
    begunBytes = 0
    const isEmpty = bytes !== undefined && bytes.toString('latin1').trim() === ''
    const line = { number, bytes }
    number += 1
    return isEmpty ? [] : [line]
  }

  function keep(piece: Buffer): void {
    begunBytes += piece.length
    if (begunBytes > maxLineBytes) begun = []
    else begun.push(piece)
  }

  return {
    lineCount: () => number - 1,
    add(chunk: Buffer): Line[] {
      const lines: Line[] = []
      let start = 0
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start)
        if (end === -1) break
        if (end > start) keep(chunk.subarray(start, end))
        lines.push(...finish())
        start = end + 1
      }
      if (start < chunk.length) keep(chunk.subarray(start))
      return lines
    },
    end: finish,
  }
}

function isFaultOfFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(Z_|EISDIR|EIO)/.test(String(error.code))
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
