import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createIdSequence } from '../../shared/testing/updates.ts'
import { fileIdSchema, userIdSchema, type FileId } from '../../shared/ids.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { createDiskFileStore } from './disk-file-store.ts'
import { createFileRows, type FileRows } from './file-rows.ts'
import { fileKey, shards, type FileStore } from './file-store.ts'
import { createSweep, ORPHAN_AGE_MS } from './sweep-files.ts'
import { verifyFiles } from './verify-files.ts'

const OWNER = userIdSchema.parse('0193a5a0-0000-7000-8000-0000000000aa')
const NOW = Date.now()
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

let database: TemporaryDatabase
let store: FileStore
let rows: FileRows
let folder: string
const nextId = createIdSequence()

beforeEach(() => {
  database = openTemporaryDatabase()
  database.sqlite
    .prepare('INSERT INTO users (id, name, role, created_at, updated_at) VALUES (?, ?, ?, 1, 1)')
    .run(OWNER, 'Olga', 'MEMBER')
  folder = join(database.folder, 'files')
  mkdirSync(folder)
  store = createDiskFileStore(folder)
  rows = createFileRows(database.sqlite, () => true)
  return () => database.close()
})

/** A file that is in the store, made so long ago. */
async function addFile(ageMs = 0): Promise<FileId> {
  const id = fileIdSchema.parse(nextId())
  const size = { sizeBytes: 0, width: 1, height: 1, thumbnailBytes: 0 }
  const words = { name: 'x', type: 'text/plain', checksum: EMPTY }
  rows.reserve({ id, ownerId: OWNER, ...size, ...words, createdAt: NOW - ageMs }, 1_000)
  for (const part of ['content', 'thumbnail'] as const) {
    const path = join(database.folder, 'incoming')
    writeFileSync(path, '')
    await store.put(fileKey(id, part), path, 0)
  }
  rows.markStored({ id, ownerId: OWNER }, NOW - ageMs)
  return id
}

function attach(id: FileId): void {
  database.sqlite
    .prepare(
      `UPDATE file_uploads SET conversation_kind = 'channel', conversation_id = ?, message_id = ?,
         attached_at = 1 WHERE id = ?`,
    )
    .run(nextId(), nextId(), id)
}

function keysOnDisk(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('/'))
    .toSorted()
}

function keysOf(...ids: FileId[]): string[] {
  return ids.flatMap((id) => [fileKey(id, 'content'), fileKey(id, 'thumbnail')]).toSorted()
}

function countRows(): unknown {
  return database.sqlite.prepare('SELECT count(*) FROM file_uploads').pluck().get()
}

async function sweepAll(sweep = createSweep({ rows, store, now: () => NOW })): Promise<void> {
  for (const _ of shards) await sweep()
}

test('what is attached, and what may still be attached, stays', async () => {
  const old = await addFile(ORPHAN_AGE_MS * 30)
  attach(old)
  const fresh = await addFile(ORPHAN_AGE_MS - 1)
  await sweepAll()
  expect(keysOnDisk()).toEqual(keysOf(old, fresh))
  expect([rows.find(old)?.id, rows.find(fresh)?.id]).toEqual([old, fresh])
})

test('what was attached to nothing for a day goes, row and bytes', async () => {
  const orphan = await addFile(ORPHAN_AGE_MS + 1)
  await sweepAll()
  expect(rows.find(orphan)).toBeUndefined()
  expect([keysOnDisk(), countRows()]).toEqual([[], 0])
})

test('a sweep that a crash interrupts between bytes and row is taken up by the next', async () => {
  const id = await addFile()
  rows.deleteUnattached(id, NOW)
  await store.remove(fileKey(id, 'thumbnail'))
  await store.remove(fileKey(id, 'content'))
  expect(countRows()).toBe(1)
  await sweepAll()
  expect(countRows()).toBe(0)
})

test('a store that fails leaves the row, for the next round', async () => {
  const id = await addFile()
  rows.deleteUnattached(id, NOW)
  const broken: FileStore = { ...store, remove: () => Promise.reject(new Error('unreachable')) }
  const failing = createSweep({ rows, store: broken, now: () => NOW })
  await expect(failing()).rejects.toThrow('unreachable')
  expect(rows.exists(id)).toBe(true)
  await sweepAll()
  expect([keysOnDisk(), countRows()]).toEqual([[], 0])
})

test('bytes without a row go once they are a day old', async () => {
  const kept = await addFile()
  attach(kept)
  const [old, fresh] = [fileIdSchema.parse(nextId()), fileIdSchema.parse(nextId())]
  for (const id of [old, fresh]) {
    mkdirSync(join(folder, id.slice(-2)), { recursive: true })
    writeFileSync(join(folder, fileKey(id, 'content')), 'stray')
  }
  const then = new Date(NOW - ORPHAN_AGE_MS - 60_000)
  for (const id of [old, kept]) utimesSync(join(folder, fileKey(id, 'content')), then, then)
  await sweepAll()
  expect(keysOnDisk()).toEqual([...keysOf(kept), fileKey(fresh, 'content')].toSorted())
})

test('one round removes a bounded number, and the next ones the rest', async () => {
  for (let index = 0; index < 105; index += 1) await addFile(ORPHAN_AGE_MS + 1)
  const sweep = createSweep({ rows, store, now: () => NOW })
  await sweep()
  expect(countRows()).toBe(5)
  await sweep()
  expect(countRows()).toBe(0)
})

test('verifying names files whose bytes are missing or not those that came', async () => {
  const [good, missing, damaged] = [await addFile(), await addFile(), await addFile()]
  expect(await verifyFiles(database.sqlite, store)).toEqual([])
  await store.remove(fileKey(missing, 'content'))
  writeFileSync(join(folder, fileKey(damaged, 'content')), 'x')
  const differences = await verifyFiles(database.sqlite, store)
  expect(differences).toEqual([
    { id: missing, problem: 'missing' },
    { id: damaged, problem: 'damaged' },
  ])
  expect(differences.map(({ id }) => id)).not.toContain(good)
})

test('each question about files is answered by the index that is meant for it', () => {
  const plans: [sql: string, index: string][] = [
    [
      "SELECT sum(size_bytes) FROM file_uploads WHERE owner_id = 'x' AND deleted_at IS NULL",
      'COVERING INDEX file_uploads_owner_id',
    ],
    [
      "SELECT 1 FROM file_uploads WHERE conversation_id = 'x' AND message_id = 'y'",
      'INDEX file_uploads_message',
    ],
    [
      `SELECT id FROM file_uploads WHERE attached_at IS NULL AND deleted_at IS NULL
         AND created_at < 1 AND stored_at IS NOT NULL ORDER BY created_at LIMIT 1`,
      'INDEX file_uploads_unattached',
    ],
    [
      'SELECT id FROM file_uploads WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 1',
      'INDEX file_uploads_deleted_at',
    ],
  ]
  for (const [sql, index] of plans) {
    const plan = database.sqlite
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join('; ')
    expect(plan).toContain(index)
    expect(plan).not.toContain('TEMP B-TREE')
  }
})
