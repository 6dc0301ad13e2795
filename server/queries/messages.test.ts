import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import {
  listMessagesResponseSchema,
  locatedMessageSchema,
  messageSchema,
} from '../../shared/api/messages.ts'
import { openDatabase } from '../database/open-database.ts'
import { answer, channelPlace, say, startDm } from '../testing/notified-people.ts'
import { recordStatements } from '../testing/record-statements.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'
import { listMessages } from './messages.ts'

const MESSAGES = 25

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let cleo: TestPerson
let dora: TestPerson
let channel: Channel
let path: string
/** Has all that messages can have. */
let full: Channel

beforeAll(async () => {
  server = await startTestServer({ limits: { updates: { capacity: 1_000, perSecond: 1_000 } } })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  cleo = await server.signUp('Cleo')
  dora = await server.signUp('Dora')
  full = await server.createChannel(ada, { name: 'Full', slug: 'full' })
  for (const { userId } of [ben, cleo, dora]) {
    await ada.request('POST', `/api/channels/${full.id}/members`, { userId })
  }
  channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  path = `/api/channels/${channel.id}/messages`
  // At once, so that many fall into the same millisecond.
  const posts = Array.from({ length: MESSAGES }, (_, index) =>
    ada.request('POST', path, { content: `${index}` }),
  )
  for (const { status } of await Promise.all(posts)) expect(status).toBe(201)
})
afterAll(() => server.close())

test.each(['channel', 'dm'] as const)(
  'a page of a %s with all that belongs to its messages takes the same statements, however long it is',
  async (kind) => {
    const people = [ada, ben, cleo, dora]
    const place = kind === 'dm' ? await startDm(ada, people) : channelPlace(full.id)
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const by = people[index % people.length] ?? ada
      const { id: file } = await uploadFile(by, `file ${index}`)
      const body = { content: `with ${index}`, fileIds: [file] }
      const posted = await answer(by, 'POST', `${place.path}/messages`, body)
      const { id } = messageSchema.parse(posted)
      for (const other of people) {
        await answer(other, 'POST', `${place.path}/messages/${id}/reactions`, { emoji: '👍' })
        if (index < 7) await say(other, place, 'a reply', { parentId: id })
      }
    }
    const { sqlite } = openDatabase(server.databasePath)
    const pages = [1, 5, 24, 100].map((limit) => {
      const record = recordStatements(sqlite)
      const { messages } = listMessages(record.sqlite, place.conversation, { limit })
      return { messages, statements: record.statements.length }
    })
    sqlite.close()
    // The messages with their authors and pins, the reactions, the threads, the files.
    expect(pages.map(({ statements }) => statements)).toEqual([4, 4, 4, 4])
    const first = pages.at(-1)?.messages.find(({ content }) => content === 'with 4')
    expect(first).toMatchObject({
      ...{ author: { name: 'Ada' }, replyCount: 4, files: [{ name: 'notes.txt' }] },
      ...{ reactions: [{ emoji: '👍', count: 4 }], lastRepliers: [{ name: 'Dora' }, {}, {}] },
    })
  },
)

test('pages backwards and forwards give every message once, in one order', async () => {
  const read = async (query: string) =>
    listMessagesResponseSchema.parse(await (await ada.request('GET', `${path}?${query}`)).json())
  const backwards: string[] = []
  let page = await read('limit=7')
  for (;;) {
    backwards.unshift(...page.messages.map(({ id }) => id))
    if (page.nextCursor === null) break
    page = await read(`limit=7&cursor=${page.nextCursor}`)
  }
  const forwards = page.messages.map(({ id }) => id)
  while (page.prevCursor !== null) {
    page = await read(`limit=7&cursor=${page.prevCursor}`)
    forwards.push(...page.messages.map(({ id }) => id))
  }
  expect(new Set(backwards).size).toBe(MESSAGES)
  expect(forwards).toEqual(backwards)
})

test('the same post sent twice at once makes one message', async () => {
  const id = '0193a5a0-0000-7000-8000-0000000000aa'
  const posts = [1, 2, 3].map(() => ada.request('POST', path, { id, content: 'once' }))
  const statuses = (await Promise.all(posts)).map(({ status }) => status)
  expect(statuses).toEqual([201, 201, 201])
  const newest = listMessagesResponseSchema.parse(await (await ada.request('GET', path)).json())
  expect(newest.messages.filter((message) => message.id === id)).toHaveLength(1)
})

test('P6 reactions of one moment stand by emoji, as in a browser', async () => {
  const message = `${path}/${(await say(ada, channelPlace(channel.id), 'liked')).id}`
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  await answer(ada, 'POST', `${message}/reactions`, { emoji: '👍' })
  await answer(ben, 'POST', `${message}/reactions`, { emoji: '🎉' })
  server.sqlite.prepare('UPDATE message_reactions SET created_at = 1').run()
  const { reactions } = locatedMessageSchema.parse(await answer(ada, 'GET', message))
  expect(reactions.map(({ emoji }) => emoji)).toEqual(['🎉', '👍'])
})
