import { describe, expect, test } from 'vitest'
import { parseSearchQuery } from './parse-query.ts'
import { scoreMessage } from './rank-message.ts'

describe('scoreMessage', () => {
  const { terms } = parseSearchQuery('deploy')
  const now = Date.UTC(2026, 5, 1)
  const score = (content: string, daysAgo: number): number =>
    scoreMessage(terms, { content, createdAt: now - daysAgo * 86_400_000 }, now)

  test('prefers more of the words, fewer others, and newer messages', () => {
    expect(score('deploy, deploy, deploy the thing', 0)).toBeGreaterThan(
      score('deploy the thing', 0),
    )
    expect(score('deploy', 0)).toBeGreaterThan(score(`deploy ${'and so on '.repeat(20)}`, 0))
    expect(score('deploy', 1)).toBeGreaterThan(score('deploy', 60))
  })

  test('lets an old message that is about it stand above a new one that names it', () => {
    const passing = `${'much about something else '.repeat(12)} deploy`
    expect(score('deploy: how to deploy', 365)).toBeGreaterThan(score(passing, 30))
  })

  test('weighs the beginning of a long message, and puts nothing behind for what comes later', () => {
    const filling = 'about something else '.repeat(100)
    expect(score(`${filling} deploy`, 0)).toBe(score(`${filling} deploy deploy`, 0))
    expect(score(`${filling} deploy`, 0)).toBeGreaterThan(0)
    expect(score(`deploy deploy ${filling}`, 0)).toBeGreaterThan(score(`deploy ${filling}`, 0))
  })
})
