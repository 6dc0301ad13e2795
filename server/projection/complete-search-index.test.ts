import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { MessageId, UserId } from '../../shared/ids.ts'
import { message, now } from '../../shared/testing/updates.ts'
import { verifySearch } from '../admin/verify-search.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'
import { openSearchStore, type SearchStore } from '../testing/search-store.ts'
import { migrationsFolder } from '../testing/temporary-database.ts'
import { completeSearchIndex, emptySearchIndex } from './complete-search-index.ts'

const PER_PART = { messagesPerPart: 10 }

function openFilled(): { store: SearchStore; ada: UserId } {
  const store = openSearchStore()
  onTestFinished(() => store.close())
  const ada = store.addPerson('Ada')
  const places = [store.addChannel('one'), store.addChannel('two'), store.addDm([ada])]
  for (let n = 0; n < 60; n += 1) {
    const place = places[n % places.length]
    if (place === undefined) throw new Error('Out of range')
    const record = message(ada, { content: `word number ${n}`, createdAt: now - n * 7_000 })
    const id = store.nextId<MessageId>()
    store.write(place, id, record)
    const deletion = { content: '', deletedAt: now, deletedBy: ada } as const
    if (n % 10 === 0) store.write(place, id, { ...record, ...deletion, version: 2 })
  }
  return { store, ada }
}

test('P3 messages of a store that is older than the index are added to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of readdirSync(migrationsFolder).filter((each) => each < '0009')) {
    copyFileSync(join(migrationsFolder, name), join(folder, name))
  }
  const { sqlite, close } = openDatabase(join(folder, 'connectnow.db'))
  migrate(sqlite, folder)
  sqlite.exec(`INSERT INTO users (id, name, created_at, updated_at) VALUES ('u', 'Ada', 1, 1);
    INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES ('c', 'C', 'c', 1, 1);
    INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
      VALUES ('c', 'm', 'u', 'written long ago', 'TEXT', 1, 5000, 5000)`)
  copyFileSync(join(migrationsFolder, '0009_search.sql'), join(folder, '0009_search.sql'))
  migrate(sqlite, folder)
  expect(verifySearch(sqlite)).toHaveLength(1)
  expect(completeSearchIndex(sqlite)).toBe(1)
  expect(verifySearch(sqlite)).toEqual([])
  const found = sqlite.prepare("SELECT rowid FROM search_index WHERE search_index MATCH 'long'")
  expect(found.all()).toEqual([{ rowid: 5 * 2 ** 20 }])
  await close()
})

test('P3 an index that was interrupted while it was made is completed, not begun anew', () => {
  const { store, ada } = openFilled()
  const { sqlite } = store
  emptySearchIndex(sqlite)
  const crash = new Error('the process ends here')
  const untilCrash = (count: number): void => {
    if (count === 20) throw crash
  }
  expect(() => completeSearchIndex(sqlite, { ...PER_PART, onProgress: untilCrash })).toThrow(crash)
  expect(store.search(ada, { q: 'word' }).total).toBe(18)
  expect(completeSearchIndex(sqlite, PER_PART)).toBe(40)
  expect(verifySearch(sqlite)).toEqual([])
  expect(store.search(ada, { q: 'word' }).total).toBe(54)
  expect(completeSearchIndex(sqlite)).toBe(0)
})

test('P3 an index of another segmentation is made anew', () => {
  const { store } = openFilled()
  store.sqlite.exec(`UPDATE search_state SET version = 'an older one';
    INSERT OR REPLACE INTO search_index (rowid, scope, words)
      SELECT id, 'm', 'otherwise' FROM search_entries`)
  expect(verifySearch(store.sqlite)).toHaveLength(54)
  expect(completeSearchIndex(store.sqlite)).toBe(60)
  expect(verifySearch(store.sqlite)).toEqual([])
})

test('P3 what is lost from the index, or should not be in it, is named', () => {
  const { store } = openFilled()
  const { sqlite } = store
  const [first, second] = sqlite
    .prepare<[], { id: number; messageId: string }>(
      'SELECT id, message_id AS messageId FROM search_entries ORDER BY id',
    )
    .all()
  sqlite.prepare('DELETE FROM search_index WHERE rowid = CAST(? AS INTEGER)').run(first?.id)
  sqlite.prepare('DELETE FROM search_entries WHERE id = ?').run(second?.id)
  sqlite.exec("INSERT INTO search_index (rowid, scope, words) VALUES (7, 'm', 'nowhere')")
  expect(verifySearch(sqlite)).toMatchObject([
    ...[first, second]
      .map((entry) => ({ root: 'search', key: entry?.messageId }))
      .toSorted((one, other) => ((one.key ?? '') < (other.key ?? '') ? -1 : 1)),
    { root: 'search', key: '7' },
  ])
})
