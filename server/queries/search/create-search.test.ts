import { afterEach, beforeEach, expect, test } from 'vitest'
import { searchMessagesQuerySchema } from '../../../shared/api/search.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { message, now } from '../../../shared/testing/updates.ts'
import { openSearchStore, type SearchStore } from '../../testing/search-store.ts'
import {
  createSearch,
  searchThreadCount,
  type Search,
  type SearchDeps,
  type SearchLimits,
} from './create-search.ts'

let store: SearchStore
let ada: UserId
let ben: UserId
let search: Search | undefined
beforeEach(() => {
  store = openSearchStore()
  ada = store.addPerson('Ada')
  ben = store.addPerson('Ben')
  const content = 'found by another thread'
  // A search asks at messages of such seconds whether to go on.
  const record = message(ada, { content, createdAt: now - (now % 64_000) })
  store.write(store.addChannel('general'), store.nextId<MessageId>(), record)
})
afterEach(async () => {
  await search?.close()
  await store.close()
})

const limits: SearchLimits = { softMs: 1_000, hardMs: 60_000, lineMs: 60_000, waiting: 10 }

function open(deps: Partial<SearchDeps> = {}): Search {
  const rate = { take: () => true, waitMs: () => 0 }
  search = createSearch({
    ...{ databasePath: store.path, now: () => now, rate, threads: 1, limits },
    ...deps,
  })
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
  const impatient = { ...limits, hardMs: 1 }
  const { search: ask } = open({ limits: impatient })
  const slow = ask(ada, found)
  const behind = ask(ben, found)
  impatient.hardMs = 60_000
  await expect(slow).rejects.toMatchObject({ code: 'try_again' })
  expect(await behind).toMatchObject({ total: 1 })
})

test('who asks too often is told so, and the line has an end', async () => {
  let left = 3
  const rate = { take: () => (left -= 1) >= 0, waitMs: () => 0 }
  const { search: ask } = open({ rate, limits: { ...limits, waiting: 1 } })
  const people = [ada, ben, store.addPerson('Cleo'), store.addPerson('Dora')]
  const [running, waiting, tooMany, tooOften] = await Promise.allSettled(
    people.map((userId) => ask(userId, found)),
  )
  expect(running).toMatchObject({ value: { total: 1 } })
  expect(waiting).toMatchObject({ value: { total: 1 } })
  expect(tooMany).toMatchObject({ reason: { code: 'try_again' } })
  expect(tooOften).toMatchObject({ reason: { code: 'rate_limited' } })
})

test('nobody waits for their turn longer than the limit, and the line goes on', async () => {
  // Less than a thread takes to start.
  const { search: ask } = open({ limits: { ...limits, lineMs: 1 } })
  const [running, waiting] = await Promise.allSettled([ask(ada, found), ask(ben, found)])
  expect(running).toMatchObject({ value: { total: 1 } })
  expect(waiting).toMatchObject({ reason: { code: 'try_again' } })
  expect(await ask(ben, found)).toMatchObject({ total: 1 })
})

test.each([1, 2])(
  'a person has one search running and one in line, the newest, with %i threads',
  async (threads) => {
    const { search: ask } = open({ threads })
    const asked = [ask(ada, found), ask(ada, found), ask(ben, found), ask(ada, found)]
    const [running, replaced, another, newest] = await Promise.allSettled(asked)
    expect(running).toMatchObject({ value: { total: 1 } })
    expect(replaced).toMatchObject({ reason: { code: 'rate_limited' } })
    expect(another).toMatchObject({ value: { total: 1 } })
    expect(newest).toMatchObject({ value: { total: 1 } })
  },
)

test('a search that nobody waits for any more gives its place in line to others', async () => {
  const { search: ask } = open({ limits: { ...limits, waiting: 1 } })
  const gone = new AbortController()
  const running = ask(ada, found)
  const left = ask(ben, found, gone.signal)
  gone.abort()
  await expect(left).rejects.toMatchObject({ code: 'try_again' })
  expect(await ask(store.addPerson('Cleo'), found)).toMatchObject({ total: 1 })
  expect(await running).toMatchObject({ total: 1 })
})

test('a search that runs and that nobody waits for any more stops, and the thread goes on', async () => {
  const { search: ask } = open()
  const gone = new AbortController()
  const running = ask(ada, found, gone.signal)
  gone.abort()
  expect(await running).toMatchObject({ total: 0, isTotalCapped: true })
  expect(await ask(ada, found)).toMatchObject({ total: 1 })
})

test('deliveries keep a core for themselves where there are two', () => {
  expect([1, 2, 3, 8].map(searchThreadCount)).toEqual([1, 1, 2, 4])
})

test('closing tells those who wait, and nothing is searched afterwards', async () => {
  const opened = open()
  const waiting = [opened.search(ada, found), opened.search(ben, found)]
  const told = Promise.allSettled(waiting)
  await opened.close()
  for (const each of await told) {
    expect(each).toMatchObject({ status: 'rejected', reason: { code: 'shutting_down' } })
  }
  await expect(opened.search(ada, found)).rejects.toMatchObject({ code: 'shutting_down' })
})
