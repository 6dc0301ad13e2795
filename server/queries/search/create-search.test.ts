import { afterEach, beforeEach, expect, test } from 'vitest'
import { searchMessagesQuerySchema } from '../../../shared/api/search.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { message, now } from '../../../shared/testing/updates.ts'
import { openSearchStore, type SearchStore } from '../../testing/search-store.ts'
import { createSearch, type Search, type SearchDeps } from './create-search.ts'

let store: SearchStore
let ada: UserId
let search: Search | undefined
beforeEach(() => {
  store = openSearchStore()
  ada = store.addPerson('Ada')
  const content = 'found by another thread'
  store.write(store.addChannel('general'), store.nextId<MessageId>(), message(ada, { content }))
})
afterEach(async () => {
  await search?.close()
  await store.close()
})

function open(deps: Partial<SearchDeps> = {}): Search {
  const rate = { take: () => true, waitMs: () => 0 }
  search = createSearch({ databasePath: store.path, now: () => now, rate, ...deps })
  return search
}
const found = searchMessagesQuerySchema.parse({ q: 'found' })

test('a thread of its own finds what was written a moment ago', async () => {
  const { search: ask } = open()
  expect(await ask(ada, found)).toMatchObject({ total: 1 })
  const content = 'found, too'
  store.write(store.addChannel('other'), store.nextId<MessageId>(), message(ada, { content }))
  expect(await ask(ada, found)).toMatchObject({ total: 2 })
})

test('a cursor that no search gave is refused, and the thread goes on', async () => {
  const { search: ask } = open()
  const forged = ask(ada, { ...found, cursor: 'forged' })
  await expect(forged).rejects.toMatchObject({ code: 'invalid_request' })
  expect(await ask(ada, found)).toMatchObject({ total: 1 })
})

test('a search that takes too long ends alone: who waits behind it is answered by a new thread', async () => {
  // Less than a thread takes to start.
  const limits = { softMs: 1_000, hardMs: 1, waiting: 10 }
  const { search: ask } = open({ limits })
  const slow = ask(ada, found)
  const behind = ask(ada, found)
  limits.hardMs = 60_000
  await expect(slow).rejects.toMatchObject({ code: 'try_again' })
  expect(await behind).toMatchObject({ total: 1 })
})

test('who asks too often is told so, and the line has an end', async () => {
  let left = 3
  const rate = { take: () => (left -= 1) >= 0, waitMs: () => 0 }
  const { search: ask } = open({ rate, limits: { softMs: 1_000, hardMs: 60_000, waiting: 1 } })
  const [running, waiting, tooMany, tooOften] = await Promise.allSettled(
    Array.from({ length: 4 }, () => ask(ada, found)),
  )
  expect(running).toMatchObject({ value: { total: 1 } })
  expect(waiting).toMatchObject({ value: { total: 1 } })
  expect(tooMany).toMatchObject({ reason: { code: 'try_again' } })
  expect(tooOften).toMatchObject({ reason: { code: 'rate_limited' } })
})

test('closing tells those who wait, and nothing is searched afterwards', async () => {
  const opened = open()
  const waiting = [opened.search(ada, found), opened.search(ada, found)]
  const told = Promise.allSettled(waiting)
  await opened.close()
  for (const each of await told) {
    expect(each).toMatchObject({ status: 'rejected', reason: { code: 'shutting_down' } })
  }
  await expect(opened.search(ada, found)).rejects.toMatchObject({ code: 'shutting_down' })
})
