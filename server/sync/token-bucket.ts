/** A rate limit that allows bursts: `capacity` at once, `perSecond` in the long run. */
import type { Rate } from '../../shared/rate-limit.ts'

export interface TokenBuckets extends Rate {
  /** Puts back what was taken for something that does not count. */
  giveBack: (key: string) => void
  /** As if nothing of this key had ever been taken. */
  forget: (key: string) => void
}

export interface BucketOptions {
  capacity: number
  perSecond: number
  now: () => number
}

/** Seconds do not add up exactly: whoever waited as long as they were told must be let in. */
const WHOLE = 1 - 1e-6
/** Above this many keys, full buckets are forgotten: they say no more than no bucket. */
const SWEEP_SIZE = 10_000

export function createTokenBuckets({ capacity, perSecond, now }: BucketOptions): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>()

  function tokensAt(time: number, key: string): number {
    const { tokens, at } = buckets.get(key) ?? { tokens: capacity, at: time }
    return Math.min(capacity, tokens + ((time - at) / 1000) * perSecond)
  }

  function sweep(time: number): void {
    for (const key of buckets.keys()) if (tokensAt(time, key) >= capacity) buckets.delete(key)
  }

  return {
    take(key) {
      const time = now()
      if (buckets.size > SWEEP_SIZE) sweep(time)
      const tokens = tokensAt(time, key)
      // Otherwise whoever asks again too early would wait for ever.
      if (tokens < WHOLE) return false
      buckets.set(key, { tokens: Math.max(0, tokens - 1), at: time })
      return true
    },
    waitMs(key) {
      const tokens = tokensAt(now(), key)
      return tokens >= WHOLE ? 0 : ((1 - tokens) / perSecond) * 1000
    },
    giveBack(key) {
      const time = now()
      buckets.set(key, { tokens: Math.min(capacity, tokensAt(time, key) + 1), at: time })
    },
    forget: (key) => void buckets.delete(key),
  }
}
