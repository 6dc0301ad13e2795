import { expect, test } from 'vitest'
import { errorCodes } from '../../shared/errors.ts'
import { parseCloseReason } from '../../shared/sync/refusal.ts'
import { socketCloseOf } from './close-codes.ts'

test('every refusal fits a close frame and keeps its code, however long the key is', () => {
  for (const code of errorCodes) {
    const refusal = { code, root: 'reactions', key: '👍'.repeat(100) }
    const { code: closeCode, reason } = socketCloseOf(refusal)
    expect(closeCode).toBeGreaterThanOrEqual(4400)
    expect(closeCode).toBeLessThan(4600)
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
    expect(parseCloseReason(reason)).toEqual({ code, root: 'reactions' })
  }
})

test('a refusal that fits is told whole', () => {
  const refusal = { code: 'not_author', root: 'messages', key: '0193a5a0' } as const
  expect(parseCloseReason(socketCloseOf(refusal).reason)).toEqual(refusal)
})

test('who may come back later is told another class of code than who may not', () => {
  expect(socketCloseOf({ code: 'rate_limited' }).code).toBeGreaterThanOrEqual(4500)
  expect(socketCloseOf({ code: 'access_ended' }).code).toBeLessThan(4500)
})
