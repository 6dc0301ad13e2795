/** Random choices that a seed repeats. */

export interface SeededRandom {
  /** An integer from 0 to `end` - 1. */
  below: (end: number) => number
  pick: <Value>(values: readonly [Value, ...Value[]]) => Value
}

/** Mulberry32: small, and good enough to choose by. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return { below, pick: (values) => values[below(values.length)] ?? values[0] }
}
