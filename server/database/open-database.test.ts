import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'

test('P1 a commit waits for the disk', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(sqlite.pragma('synchronous', { simple: true })).toBe(2)
  expect(sqlite.pragma('foreign_keys', { simple: true })).toBe(1)
  await close()
})

test('closing leaves nothing open, whoever used the connection', async () => {
  const { sqlite, path, close } = openTemporaryDatabase()
  expect(existsSync(`${path}-wal`)).toBe(true)
  await close()
  expect(sqlite.open).toBe(false)
})
