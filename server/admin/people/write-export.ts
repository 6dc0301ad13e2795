/** Writes an export into a file of its own, which takes its name when it is whole. */
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'

/** Answers its size. Throws AppError `already_exists` rather than replace what is there. */
export async function writeExport(
  parts: AsyncIterable<string | Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  if (existsSync(path))
    throw new AppError('already_exists', { message: `${path} is there already` })
  const unfinished = `${path}.part`
  try {
    // Nobody else may read it: it is all that is kept about somebody.
    const target = createWriteStream(unfinished, { mode: 0o600, flush: true })
    await pipeline(Readable.from(parts, { highWaterMark: 1 }), target, { signal })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  return (await stat(path)).size
}
