import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Conversation } from '../../shared/document/names.ts'
import { threadIdSchema, type ChannelId, type MessageId, type UserId } from '../../shared/ids.ts'
import { createIdSequence } from '../../shared/testing/updates.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { listChannels, listMembers } from './channels.ts'
import { listDms } from './dms.ts'
import { listMessages } from './messages.ts'
import { listPins } from './pins.ts'
import { listReplies } from './replies.ts'
import { listUsers } from './users.ts'

let database: TemporaryDatabase
const nextId = createIdSequence()
const me = nextId() as string as UserId // an id of the same form
const parentId: MessageId = nextId()
const channelId = nextId() as string as ChannelId // an id of the same form
const channel: Conversation = { kind: 'channel', id: channelId }

beforeAll(() => {
  database = openTemporaryDatabase()
})
afterAll(() => database.close())
beforeEach(() => empty())

const run = (statement: string, ...values: unknown[]): void =>
  void database.sqlite.prepare(statement).run(...values)

function addPerson(id: string, name: string): void {
  run('INSERT INTO users (id, name, created_at, updated_at) VALUES (?, ?, 1, 1)', id, name)
}

function empty(): void {
  const tables = ['message_pins', 'messages', 'direct_messages', 'direct_message_participants']
  for (const table of [
    ...tables,
    'direct_message_threads',
    'channel_members',
    'channels',
    'users',
  ]) {
    run(`DELETE FROM ${table}`)
  }
  addPerson(me, 'Me')
  run(
    `INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES (?, 'C', '0', 1, 1)`,
    channelId,
  )
  say(parentId, 0)
}

function say(id: string, createdAt: number, parent: string | null = null): void {
  run(
    `INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at, parent_id)
     VALUES (?, ?, ?, 'x', 'TEXT', 1, ?, 1, ?)`,
    ...[channelId, id, me, createdAt, parent],
  )
}

/** What a row of a list is sorted by; few values, so that many are the same. */
const keys = fc.record({
  time: fc.nat({ max: 6 }),
  text: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
})
type Key = { time: number; text: string }

interface Page {
  ids: string[]
  next: string | null
}

interface List {
  insert: (id: string, key: Key) => void
  remove: (id: string) => void
  /** Something else that may happen to a row, and must not disturb. */
  touch?: (id: string, key: Key) => void
  read: (limit: number, cursor: string | undefined) => Page | Promise<Page>
  /** Rows that are there beside those of the test. */
  others?: string[]
}

const threadIdOf = (id: string) => threadIdSchema.parse(`${id.slice(0, 14)}5${id.slice(15)}`)

function whisper(threadId: string, { time }: Key): void {
  run(
    `INSERT INTO direct_messages (thread_id, id, author_id, content, type, version, created_at, received_at)
     VALUES (?, ?, ?, 'x', 'TEXT', 1, ?, 1)`,
    ...[threadId, nextId(), me, time],
  )
  run(
    `UPDATE direct_message_threads SET last_message_at = max(coalesce(last_message_at, 0), ?) WHERE id = ?`,
    ...[time, threadId],
  )
}

const tombstone = (id: string): void =>
  run("UPDATE messages SET deleted_at = 1, content = '' WHERE id = ?", id)

const lists: Record<string, List> = {
  channels: {
    insert: (id, { text }) =>
      run(
        `INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES (?, 'C', ?, 1, 1)`,
        ...[id, `${text} ${id}`],
      ),
    remove: (id) => run('DELETE FROM channels WHERE id = ?', id),
    async read(limit, cursor) {
      const page = await listChannels(database, { userId: me, role: 'MEMBER' }, { limit, cursor })
      return { ids: page.channels.map(({ id }) => id), next: page.nextCursor }
    },
    others: [channelId],
  },
  people: {
    insert: (id, { text }) => addPerson(id, text),
    remove: (id) => run('DELETE FROM users WHERE id = ?', id),
    async read(limit, cursor) {
      const page = await listUsers(database, { limit, cursor, now: 1 })
      return { ids: page.users.map(({ id }) => id), next: page.nextCursor }
    },
    others: [me],
  },
  members: {
    insert(id, { text }) {
      addPerson(id, text)
      const insert = 'INSERT INTO channel_members (channel_id, user_id, joined_at) VALUES (?, ?, 1)'
      run(insert, channelId, id)
    },
    remove: (id) => run('DELETE FROM channel_members WHERE user_id = ?', id),
    async read(limit, cursor) {
      const page = await listMembers(database, channelId, { limit, cursor, asker: me })
      return { ids: page.members.map(({ userId }) => userId), next: page.nextCursor }
    },
  },
  'messages, backwards': {
    insert: (id, { time }) => say(id, time),
    remove: tombstone,
    read(limit, cursor) {
      const page = listMessages(database.sqlite, channel, { limit, cursor })
      return { ids: page.messages.map(({ id }) => id), next: page.nextCursor }
    },
    others: [parentId],
  },
  'messages, forwards': {
    insert: (id, { time }) => say(id, time + 1),
    remove: tombstone,
    read(limit, cursor) {
      const from = cursor === undefined ? { after: parentId } : { cursor }
      const page = listMessages(database.sqlite, channel, { limit, ...from })
      return { ids: page.messages.map(({ id }) => id), next: page.prevCursor }
    },
  },
  replies: {
    insert: (id, { time }) => say(id, time, parentId),
    remove: tombstone,
    read(limit, cursor) {
      const page = listReplies(database.sqlite, channel, parentId, { limit, cursor })
      return { ids: page.messages.map(({ id }) => id), next: page.nextCursor }
    },
  },
  pins: {
    insert(id, { time }) {
      say(id, 1)
      const insert = `INSERT INTO message_pins (conversation_id, message_id, user_id, pinned_at)
        VALUES (?, ?, ?, ?)`
      run(insert, channelId, id, me, time)
    },
    remove: (id) => run('DELETE FROM message_pins WHERE message_id = ?', id),
    read(limit, cursor) {
      const page = listPins(database.sqlite, channel, { limit, cursor })
      return { ids: page.pins.map(({ message }) => message.id), next: page.nextCursor }
    },
  },
  DMs: {
    insert(id, key) {
      const threadId = threadIdOf(id)
      run('INSERT INTO direct_message_threads (id, created_at) VALUES (?, 1)', threadId)
      run(
        `INSERT INTO direct_message_participants (thread_id, user_id, joined_at) VALUES (?, ?, 1)`,
        ...[threadId, me],
      )
      if (key.time > 0) whisper(threadId, key)
    },
    remove: (id) =>
      run('DELETE FROM direct_message_participants WHERE thread_id = ?', threadIdOf(id)),
    // A message comes, be it a late one, and moves the thread.
    touch: (id, key) => whisper(threadIdOf(id), key),
    async read(limit, cursor) {
      const page = await listDms(database, me, { limit, cursor })
      const byThread = page.dms.map(({ id }) => `${id.slice(0, 14)}7${id.slice(15)}`)
      return { ids: byThread, next: page.nextCursor }
    },
  },
}

const changes = fc.record({
  kind: fc.constantFrom('insert' as const, 'remove' as const, 'touch' as const),
  pick: fc.nat(),
  key: keys,
})
const MAX_PAGES = 60

describe.each(Object.entries(lists))('a list of %s', (_, list) => {
  test('shows every row that stays, once, whatever comes and goes between its pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(keys, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.array(changes, { maxLength: 4 }), { maxLength: 8 }),
        async (initial, limit, between) => {
          empty()
          const there = new Map<string, 'from the start' | 'later'>()
          for (const key of initial) {
            const id: MessageId = nextId()
            list.insert(id, key)
            there.set(id, 'from the start')
          }
          const shown: string[] = []
          let cursor: string | undefined
          for (let pages = 0; pages < MAX_PAGES; pages += 1) {
            const { ids, next } = await list.read(limit, cursor)
            expect(ids.length).toBeLessThanOrEqual(limit)
            shown.push(...ids)
            if (next === null) break
            cursor = next
            for (const { kind, pick, key } of between[pages] ?? []) {
              const picked = [...there.keys()][pick % Math.max(1, there.size)]
              if (kind === 'insert') {
                const id = nextId()
                list.insert(id, key)
                there.set(id, 'later')
              } else if (picked !== undefined && kind === 'remove') {
                list.remove(picked)
                there.delete(picked)
              } else if (picked !== undefined) list.touch?.(picked, key)
            }
          }
          expect(shown.length).toBe(new Set(shown).size)
          const missed = [...there].filter(
            ([id, since]) => since === 'from the start' && !shown.includes(id),
          )
          expect(missed).toEqual([])
          for (const other of list.others ?? []) expect(shown).toContain(other)
        },
      ),
      { numRuns: 60 },
    )
  })
})
