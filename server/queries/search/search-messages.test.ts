import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import type { ChannelRole, ChannelType } from '../../../shared/api/channels.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { message, now } from '../../../shared/testing/updates.ts'
import { openSearchStore, type SearchStore } from '../../testing/search-store.ts'
import { createReadConversationAccess } from '../conversation-access.ts'
import { FEW_REACTIONS } from './find-hits.ts'
import { MAX_HITS } from './search-messages.ts'

let store: SearchStore
let ada: UserId
beforeEach(() => {
  store = openSearchStore()
  ada = store.addPerson('Ada', 'OWNER')
})
afterEach(() => store.close())

function contentsOf(userId: UserId, q: string): string[] {
  return store.search(userId, { q }).results.map((result) => result.message.content)
}

test('P7 people find what the guard lets them read, and nothing else', () => {
  const access = createReadConversationAccess(store.sqlite)
  const types: ChannelType[] = ['PUBLIC', 'PRIVATE']
  const memberships: (ChannelRole | undefined)[] = [undefined, 'OWNER', 'ADMIN', 'MEMBER']
  const people = (['OWNER', 'MEMBER', 'GUEST'] as const).map((role) => store.addPerson(role, role))
  const left = store.addPerson('Left')
  store.sqlite.prepare('UPDATE users SET deactivated_at = 1 WHERE id = ?').run(left)
  const conversations = types.flatMap((type) =>
    memberships.map((role) => {
      const members = role === undefined ? [] : [...people, left]
      const channel = store.addChannel(`${type}-${role}`.toLowerCase(), type, members)
      store.sqlite
        .prepare('UPDATE channel_members SET role = ? WHERE channel_id = ?')
        .run(role, channel.id)
      return channel
    }),
  )
  conversations.push(store.addDm([ada, ...people.slice(1), left]), store.addDm([ada]))
  for (const conversation of conversations) {
    store.write(conversation, store.nextId<MessageId>(), message(ada, { content: 'secret' }))
  }
  const found: number[] = []
  for (const userId of [...people, left]) {
    const readable = conversations.filter((each) => access(userId, each).canRead)
    const results = store.search(userId, { q: 'secret' }).results
    expect(results.map(({ conversation }) => conversation.id).toSorted()).toEqual(
      readable.map(({ id }) => id).toSorted(),
    )
    found.push(results.length)
  }
  expect(found).toEqual([7, 8, 7, 0])
})

test('P7 with more conversations than the index is asked for, it is the same', () => {
  const ben = store.addPerson('Ben')
  for (let n = 0; n < 40; n += 1) {
    const members = n % 2 === 0 ? [ben] : []
    const channel = store.addChannel(`c${n}`, n < 36 ? 'PUBLIC' : 'PRIVATE', members)
    store.write(channel, store.nextId<MessageId>(), message(ada, { content: `secret ${n}` }))
  }
  expect(store.search(ben, { q: 'secret' }).total).toBe(38)
  expect(contentsOf(ben, 'secret in:c38')).toEqual(['secret 38'])
  expect(contentsOf(ben, 'secret in:c39')).toEqual([])
})

test('a deleted message is gone at once, an edited one is found by its new words alone', () => {
  const channel = store.addChannel('general')
  const id = store.nextId<MessageId>()
  const written = message(ada, { content: 'first words' })
  store.write(channel, id, written)
  store.write(channel, id, { ...written, content: 'second thoughts', version: 2 })
  expect(contentsOf(ada, 'first')).toEqual([])
  expect(contentsOf(ada, 'words')).toEqual([])
  expect(contentsOf(ada, 'second')).toEqual(['second thoughts'])
  store.write(channel, id, { ...written, content: '', version: 3, deletedAt: now, deletedBy: ada })
  expect(store.search(ada, { q: 'second' })).toMatchObject({ results: [], total: 0 })
  expect(contentsOf(ada, 'from:ada')).toEqual([])
})

test('whatever removes a row removes it from the index, too', () => {
  const channel = store.addChannel('general')
  store.write(channel, store.nextId<MessageId>(), message(ada, { content: 'goes' }))
  store.sqlite.prepare('DELETE FROM channels WHERE id = ?').run(channel.id)
  for (const table of ['search_entries', "search_index WHERE search_index MATCH 'goes'"]) {
    expect(store.sqlite.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 })
  }
})

test('what has a reaction is found, whether there are few reactions or many', () => {
  const channel = store.addChannel('general')
  const [plain, liked] = [store.nextId<MessageId>(), store.nextId<MessageId>()]
  store.write(channel, plain, message(ada, { content: 'it, plain' }))
  store.write(channel, liked, message(ada, { content: 'it, liked' }))
  store.react(channel, liked, ada)
  const expectBoth = (): void => {
    expect(contentsOf(ada, 'it has:reaction')).toEqual(['it, liked'])
    expect(contentsOf(ada, 'has:reaction')).toEqual(['it, liked'])
    expect(contentsOf(ada, 'it -has:reaction')).toEqual(['it, plain'])
  }
  expectBoth()
  const reactToAll = store.sqlite.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
     INSERT INTO message_reactions SELECT conversation_id, message_id, 'person ' || n,
       emoji, created_at FROM message_reactions, numbers`,
  )
  reactToAll.run(FEW_REACTIONS)
  expectBoth()
})

test('pages stay in order while messages arrive', () => {
  const channel = store.addChannel('general')
  const write = (n: number): void =>
    store.write(
      channel,
      store.nextId<MessageId>(),
      message(ada, {
        content: `note ${'note '.repeat(n % 3)}${n}`,
        createdAt: now - n * 40_000_000,
      }),
    )
  for (let n = 10; n < 35; n += 1) write(n)
  const whole = store.search(ada, { q: 'note', limit: '100' }).results
  const pages: string[] = []
  let cursor: string | null = null
  for (let page = 0; page < 5; page += 1) {
    const found = store.search(ada, { q: 'note', limit: '5', ...(cursor !== null && { cursor }) })
    pages.push(...found.results.map((result) => result.message.id))
    expect(found.total).toBe(25)
    cursor = found.nextCursor
    write(page)
  }
  expect(cursor).toBeNull()
  expect(pages).toEqual(whole.map((result) => result.message.id))
  expect(() => store.search(ada, { q: 'note', cursor: 'made up' })).toThrow(AppError)
})

test('of a word that is everywhere the newest are ranked, and the count says so', () => {
  const channel = store.addChannel('general')
  for (let n = 0; n < MAX_HITS + 5; n += 1) {
    const createdAt = now - n * 1_000
    store.write(channel, store.nextId<MessageId>(), message(ada, { content: 'the', createdAt }))
  }
  const found = store.search(ada, { q: 'the', limit: '3' })
  expect(found).toMatchObject({ total: MAX_HITS, isTotalCapped: true })
  expect(found.results.map((result) => result.message.createdAt)).toEqual([
    ...[now, now - 1_000, now - 2_000],
  ])
  expect(store.search(ada, { q: 'the', to: String(now - 4_000 * 250) })).toMatchObject({
    total: 4,
    isTotalCapped: false,
  })
})

test('the other parameters narrow a search down, to the millisecond', () => {
  const [channel, other] = [store.addChannel('general'), store.addChannel('other')]
  const ben = store.addPerson('Ben')
  const write = (place: typeof channel, author: UserId, createdAt: number): void =>
    store.write(place, store.nextId<MessageId>(), message(author, { content: 'it', createdAt }))
  write(channel, ada, now)
  write(channel, ben, now + 1)
  write(other, ada, now + 2)
  const total = (query: Record<string, string>): number => store.search(ada, query).total
  expect(total({ channelId: channel.id })).toBe(2)
  expect(total({ channelId: channel.id, authorId: ben })).toBe(1)
  expect(total({ q: 'it', from: String(now + 1) })).toBe(2)
  expect(total({ q: 'it', to: new Date(now + 1).toISOString() })).toBe(1)
  expect(total({ q: 'it', from: '2020-01-01', to: '2021-01-01' })).toBe(0)
  expect(total({})).toBe(0)
})
