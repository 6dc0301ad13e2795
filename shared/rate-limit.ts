/** The no to whoever asks too often: it says when they may ask again. */
import { AppError } from './errors.ts'

/** Counts by keys; see createTokenBuckets. */
export interface Rate {
  /** Takes one of this key; false when there is none left, which costs nothing. */
  take: (key: string) => boolean
  /** How long until there is one to take; 0 when there is one now. */
  waitMs: (key: string) => number
}

const LONGEST_WAIT_SECONDS = 24 * 60 * 60

/** Takes one of each, or throws `rate_limited` and takes none. */
export function requireRate(...asked: (readonly [rate: Rate, key: string])[]): void {
  const waitMs = Math.max(...asked.map(([rate, key]) => rate.waitMs(key)))
  const isTaken = waitMs <= 0 && asked.every(([rate, key]) => rate.take(key))
  if (!isTaken) throw new AppError('rate_limited', { details: { waitMs } })
}

/** After how many whole seconds to ask again; undefined for errors that do not say. */
export function retryAfterSeconds({ details }: AppError): number | undefined {
  const waitMs = details?.['waitMs']
  if (typeof waitMs !== 'number') return undefined
  return Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.ceil(waitMs / 1_000)))
}
