/** A rate limit that allows bursts: `capacity` at once, `perSecond` in the long run. */

export interface TokenBuckets {
  /** Takes one token of this key; false when there is none. */
  take: (key: string) => boolean
}

export interface BucketOptions {
  capacity: number
  perSecond: number
  now: () => number
}

/** Above this many keys, full buckets are forgotten: they say no more than no bucket. */
const SWEEP_SIZE = 10_000

export function createTokenBuckets({ capacity, perSecond, now }: BucketOptions): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>()

  function sweep(time: number): void {
    for (const [key, { tokens, at }] of buckets) {
      if (tokens + ((time - at) / 1000) * perSecond >= capacity) buckets.delete(key)
    }
  }

  return {
    take(key) {
      const time = now()
      if (buckets.size > SWEEP_SIZE) sweep(time)
      const bucket = buckets.get(key) ?? { tokens: capacity, at: time }
      const tokens = Math.min(capacity, bucket.tokens + ((time - bucket.at) / 1000) * perSecond)
      buckets.set(key, { tokens: Math.max(0, tokens - 1), at: time })
      return tokens >= 1
    },
  }
}
