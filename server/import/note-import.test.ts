import { afterEach, beforeEach, expect, test } from 'vitest'
import { auditDetailsSchema } from '../../shared/api/audit-logs.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { importJsonl } from './import-jsonl.ts'
import { silentProgress } from './import-progress.ts'
import type { ImportTarget } from './import-target.ts'
import { createStoppedTarget } from './stopped-target.ts'
import { createHistoryFolder, timeAt, type HistoryFolder } from './testing/invented-history.ts'

const now = (): number => 1_790_000_000_000
let database: TemporaryDatabase
let folder: HistoryFolder
let target: ImportTarget

beforeEach(() => {
  database = openTemporaryDatabase()
  folder = createHistoryFolder()
  const limits = { maxMessages: 500, maxClients: 300 }
  target = createStoppedTarget({ sqlite: database.sqlite, now, limits })
})
afterEach(async () => {
  await database.close()
  folder.remove()
})

/** So many people and channels that they are written in parts. */
const path = (): string =>
  folder.write(
    Array.from({ length: 450 }, (_, number) => ({
      ...{ workspace: 'W', channel: `c${number}`, user: `u${number}` },
      ...{ ts: timeAt(number), text: 'words' },
    })),
  )

const importIt = (signal: AbortSignal, through = target) =>
  importJsonl(
    { target: through, now, progress: silentProgress, signal },
    { path: path(), onFault: 'abort' },
  )

interface Entry {
  action: string
  details: string
}

const entries = (): Record<string, unknown>[] =>
  database.sqlite
    .prepare<[], Entry>('SELECT action, details FROM audit_logs ORDER BY rowid')
    .all()
    .map(({ action, details }) => ({ action, ...auditDetailsSchema.parse(JSON.parse(details)) }))

test('an import is one deed in the audit log, however many its parts', async () => {
  await importIt(new AbortController().signal)
  const counts = { people: 450, channels: 450, dms: 0, messages: 450, reactions: 0 }
  const about = { importId: expect.any(String), source: 'jsonl', workspace: 'W' }
  expect(entries()).toEqual([
    { action: 'workspace.import_started', ...about, ...counts },
    { action: 'workspace.imported', ...about, ...counts, isComplete: true },
  ])
  expect(new Set(entries().map(({ importId }) => importId)).size).toBe(1)
})

test('an import that is stopped says in the audit log how far it came', async () => {
  const stop = new AbortController()
  const stopping: ImportTarget = {
    ...target,
    async writeDirectory(directory) {
      const written = await target.writeDirectory(directory)
      stop.abort()
      return written
    },
  }
  await expect(importIt(stop.signal, stopping)).rejects.toThrow('aborted')
  expect(entries()).toMatchObject([
    { action: 'workspace.import_started', people: 450 },
    { action: 'workspace.imported', people: 200, channels: 0, isComplete: false },
  ])
})
