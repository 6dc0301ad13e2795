/**
 * The beginning of a file -> its media type. What the uploader or the name says is not asked: a
 * picture that is a page of HTML would otherwise be shown as one.
 */
import { open } from 'node:fs/promises'
import { fileTypeFromBuffer } from 'file-type'

/** Enough for every signature; a hostile file cannot make the search longer. */
const SAMPLE_BYTES = 65_536
const UNKNOWN = 'application/octet-stream'

export async function sniffType(path: string): Promise<string> {
  const sample = await readSample(path)
  if (sample.length === 0) return 'text/plain'
  const marked = await findSignature(sample)
  if (marked !== undefined && marked !== 'application/xml') return marked
  return sniffText(sample) ?? marked ?? UNKNOWN
}

async function readSample(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** A file that breaks off within what its signature announces is of no known type. */
async function findSignature(sample: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(sample))?.mime
  } catch {
    return undefined
  }
}

/** Undefined for what is no UTF-8 text. */
function sniffText(sample: Buffer): string | undefined {
  const text = decode(sample)
  // oxlint-disable-next-line no-control-regex -- these characters are what tells text from bytes
  if (text === undefined || /[\u0000-\u0008\u000e-\u001a]/.test(text)) return undefined
  const start = text.trimStart().toLowerCase()
  if (!start.startsWith('<')) return 'text/plain'
  if (/<svg[\s>:]/.test(start)) return 'image/svg+xml'
  if (start.startsWith('<?xml')) return 'application/xml'
  return /<(!doctype html|html|head|body|script|iframe|meta|style|title)[\s>]/.test(start)
    ? 'text/html'
    : 'text/plain'
}

function decode(sample: Buffer): string | undefined {
  try {
    // In a stream the last character of the sample may be cut.
    return new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true })
  } catch {
    return undefined
  }
}
