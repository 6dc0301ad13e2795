import { describe, expect, test } from 'vitest'
import { createLogger } from './logger.ts'

function openLog(level: 'info' | 'error' = 'info') {
  const lines: string[] = []
  const logger = createLogger({ level }, { write: (line) => lines.push(line) })
  return { logger, lines }
}

describe('the log', () => {
  test('writes one JSON object per line, with its error', () => {
    const { logger, lines } = openLog()
    logger.error({ error: new Error('out of order'), requestId: 'r1' }, 'answered internal')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'answered internal',
      requestId: 'r1',
      error: { message: 'out of order' },
    })
  })

  test('leaves out what is below its level', () => {
    const { logger, lines } = openLog('error')
    logger.info('hello')
    expect(lines).toEqual([])
  })

  test('never shows what somebody could sign in with', () => {
    const { logger, lines } = openLog()
    const hidden = 'do-not-show'
    logger.info({
      token: hidden,
      headers: { cookie: hidden, authorization: hidden, 'set-cookie': hidden },
      request: { headers: { cookie: hidden, 'set-cookie': hidden }, body: { password: hidden } },
      'set-cookie': hidden,
      deep: { one: { two: { secret: hidden } } },
    })
    expect(lines).toHaveLength(1)
    expect(lines.join('')).not.toContain(hidden)
  })
})
