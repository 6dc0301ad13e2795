import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { listMessagesResponseSchema } from '../../shared/api/messages.ts'
import { openDatabase } from '../database/open-database.ts'
import { recordStatements } from '../testing/record-statements.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { listMessages } from './messages.ts'

const MESSAGES = 25

let server: TestServer
let ada: TestPerson
let channel: Channel
let path: string

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  path = `/api/channels/${channel.id}/messages`
  // At once, so that many fall into the same millisecond.
  const posts = Array.from({ length: MESSAGES }, (_, index) =>
    ada.request('POST', path, { content: `${index}` }),
  )
  for (const { status } of await Promise.all(posts)) expect(status).toBe(201)
})
afterAll(() => server.close())

test('a page takes the same number of statements, however long it is', () => {
  const { sqlite } = openDatabase(server.databasePath)
  const conversation = { kind: 'channel', id: channel.id } as const
  const counts = [1, 5, MESSAGES].map((limit) => {
    const record = recordStatements(sqlite)
    expect(listMessages(record.sqlite, conversation, { limit }).messages).toHaveLength(limit)
    return record.statements.length
  })
  sqlite.close()
  // The messages, their reactions, their threads.
  expect(counts).toEqual([3, 3, 3])
})

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
