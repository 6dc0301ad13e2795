import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { requireRate, retryAfterSeconds } from '../../shared/rate-limit.ts'
import { createTokenBuckets } from './token-bucket.ts'

describe('a rate limit', () => {
  let time = 0
  const now = (): number => time
  beforeEach(() => {
    time = 1_000_000
  })

  test.each([1, 3, 0.5, 1 / 60, 1 / 600, 1 / 7])(
    'of %d a second lets in whoever waited as long as they were told, and nobody sooner',
    (perSecond) => {
      const buckets = createTokenBuckets({ capacity: 2, perSecond, now })
      for (let round = 0; round < 50; round += 1) {
        while (buckets.take('a'));
        const wait = buckets.waitMs('a')
        expect(wait).toBeGreaterThan(0)
        time += wait - 1
        expect(buckets.take('a')).toBe(false)
        time += 1
        expect(buckets.waitMs('a')).toBe(0)
        expect(buckets.take('a')).toBe(true)
        time += 1 + round * 13
      }
      expect(buckets.waitMs('b')).toBe(0)
    },
  )

  test('does not keep whoever asks all the time from ever coming in', () => {
    const buckets = createTokenBuckets({ capacity: 1, perSecond: 0.5, now })
    const answers = Array.from({ length: 7 }, () => {
      const isTaken = buckets.take('a')
      time += 500
      return isTaken
    })
    expect(answers).toEqual([true, false, false, false, true, false, false])
  })

  test('counts nothing that was given back, and gives nobody more than there was', () => {
    const buckets = createTokenBuckets({ capacity: 2, perSecond: 0, now })
    buckets.giveBack('a')
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([true, true, false])
    buckets.giveBack('a')
    expect([buckets.take('a'), buckets.take('a')]).toEqual([true, false])
  })

  test('beside another tells the longer wait, and takes of neither', () => {
    const short = createTokenBuckets({ capacity: 1, perSecond: 1, now })
    const long = createTokenBuckets({ capacity: 1, perSecond: 0.01, now })
    requireRate([short, 'a'], [long, 'b'])
    time += 2_500
    let thrown: unknown
    try {
      requireRate([short, 'a'], [long, 'b'])
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'rate_limited' })
    expect(thrown instanceof AppError && retryAfterSeconds(thrown)).toBe(98)
    expect(short.take('a')).toBe(true)
  })
})
