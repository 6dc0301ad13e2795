import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const DAY_MS = 24 * 3_600_000
const ID = '0193a5a0-0000-7000-8000-0000000000aa'
const OTHER = '0193a5a0-0000-7000-8000-0000000000bb'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let path: string
let aheadMs = 0

beforeAll(async () => {
  server = await startTestServer({ now: () => Date.now() + aheadMs })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  path = `/api/channels/${channel.id}/messages`
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
})
afterAll(() => server.close())

/** Answers the message's id, or the code of the refusal. */
async function post(body: object, { by = ada, key = '' } = {}): Promise<string> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: {
      cookie: by.cookie,
      origin: server.url,
      'content-type': 'application/json',
      ...(key !== '' && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  return response.ok ? messageSchema.parse(answer).id : problemSchema.parse(answer).code
}

async function countOf(content: string): Promise<number> {
  const response = await ada.request('GET', `${path}?limit=100`)
  const { messages } = listMessagesResponseSchema.parse(await response.json())
  return messages.filter((each) => each.content === content).length
}

test('a post under an id of its own is made once, and nothing else under that id', async () => {
  const body = { id: ID, content: 'mine' }
  expect(await post(body)).toBe(ID)
  expect(await post(body)).toBe(ID)
  expect(await post({ ...body, content: 'something else' })).toBe('conflict')
  expect(await post({ ...body, replyToId: OTHER })).toBe('conflict')
  expect(await post(body, { by: ben })).toBe('not_author')
  expect(await countOf('mine')).toBe(1)
  await ada.request('PATCH', `${path}/${ID}`, { content: 'mine, edited' })
  expect(await post(body)).toBe(ID)
  expect(await countOf('mine')).toBe(0)
  await ada.request('DELETE', `${path}/${ID}`)
  expect(await post(body)).toBe(ID)
  expect(await countOf('mine')).toBe(0)
})

test('a post under a key is made once, however often it comes, also at once', async () => {
  const posts = [1, 2, 3, 4].map(() => post({ content: 'keyed' }, { key: 'k-1' }))
  const ids = new Set(await Promise.all(posts))
  expect(ids.size).toBe(1)
  expect(await countOf('keyed')).toBe(1)
  await server.restart()
  expect(ids).toContain(await post({ content: 'keyed' }, { key: 'k-1' }))
  expect(await post({ content: 'other' }, { key: 'k-1' })).toBe('conflict')
  expect(await post({ content: 'keyed', parentId: OTHER }, { key: 'k-1' })).toBe('conflict')
  expect(await countOf('keyed')).toBe(1)
})

test("a key is its person's own, and is forgotten after a day", async () => {
  const first = await post({ content: 'same key' }, { key: 'k-2' })
  const bens = await post({ content: 'same key' }, { key: 'k-2', by: ben })
  expect(bens).not.toBe(first)
  aheadMs = DAY_MS + 1_000
  expect(await post({ content: 'next day' }, { key: 'k-2' })).not.toBe(first)
  expect(await countOf('next day')).toBe(1)
  expect(await post({ content: 'x' }, { key: 'x'.repeat(256) })).toBe('invalid_request')
})

test('what is refused may be corrected under another key, or sent again under the same', async () => {
  expect(await post({ content: ' ' }, { key: 'k-3' })).toBe('invalid_record')
  expect(await post({ content: ' ' }, { key: 'k-3' })).toBe('invalid_record')
  expect(await post({ content: 'not blank' }, { key: 'k-3' })).toBe('conflict')
})

test('a message has files or it does not, as its type says', async () => {
  expect(await post({ content: 'x', type: 'FILE' })).toBe('invalid_request')
  expect(await post({ content: 'x', type: 'TEXT', fileIds: [OTHER] })).toBe('invalid_request')
  expect(await post({ content: 'x', type: 'SYSTEM' })).toBe('invalid_request')
  expect(await post({ content: 'x', type: 'TEXT' })).toMatch(/^0/)
})
