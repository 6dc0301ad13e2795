/** P7 allows one second. */
import { expect } from 'vitest'

export async function withinASecond<Value>(promise: Promise<Value>): Promise<Value> {
  const startedAt = performance.now()
  const value = await promise
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  return value
}
