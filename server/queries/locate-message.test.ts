import { get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import {
  listMessagesResponseSchema,
  locatedMessageSchema,
  messageSchema,
  type Message,
} from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const MAX_MESSAGES = 10
const PAGE_SIZE = 50
/** What a device without a copy reads before it can show anything. */
const FIRST_SCREEN_BYTES = 8_192
const NOBODY = '0193a5a0-0000-7000-8000-000000000009'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let path: string

beforeAll(async () => {
  server = await startTestServer({
    limits: { segments: { maxMessages: MAX_MESSAGES, maxClients: 100 } },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'S', slug: 'secret', type: 'PRIVATE' })
  path = `/api/channels/${channel.id}/messages`
})
afterAll(() => server.close())

async function post(content: string, parentId?: string): Promise<Message> {
  const body = { content, ...(parentId === undefined ? {} : { parentId }) }
  return messageSchema.parse(await (await ada.request('POST', path, body)).json())
}

test('P4 a message says which document holds it, and which ones hold its thread', async () => {
  const first = await post('question')
  for (let index = 0; index < 2 * MAX_MESSAGES; index += 1) await post(`${index}`)
  await expect.poll(async () => (await post('answer', first.id)).segment).toBeGreaterThan(2)
  const response = await ada.request('GET', `${path}/${first.id}`)
  const located = locatedMessageSchema.parse(await response.json())
  expect(located).toMatchObject({ id: first.id, content: 'question', segment: 1 })
  expect(located.replySegments.at(-1)).toBeGreaterThan(2)
})

test('a message that one may not read looks like one that is not there', async () => {
  const { id } = await post('for Ada alone')
  const elsewhere = await server.createChannel(ada, { name: 'E', slug: 'elsewhere' })
  const noes = [
    await ben.request('GET', `${path}/${id}`),
    await ada.request('GET', `${path}/${NOBODY}`),
    // Known to her, but of another conversation.
    await ada.request('GET', `/api/channels/${elsewhere.id}/messages/${id}`),
  ]
  const problems = await Promise.all(
    noes.map(async (response) => problemSchema.parse(await response.json())),
  )
  const [first, ...others] = problems.map(({ requestId: _requestId, ...problem }) => problem)
  expect(first).toMatchObject({ status: 404, code: 'not_found' })
  expect(others).toEqual([first, first])
})

test('P4 the newest page of 50 ordinary messages is at most 8 kB on the wire', async () => {
  const words = 'the lamp was out again this morning so I went up and changed it before rain'.split(
    ' ',
  )
  for (let index = 0; index < PAGE_SIZE; index += 1) {
    const length = 4 + ((index * 7) % 24)
    const text = Array.from({ length }, (_, at) => words[(at * index + at) % words.length])
    await post(`${text.join(' ')} ${index}`)
  }
  const compressed = await readBytes(`${server.url}${path}?limit=${PAGE_SIZE}`)
  const page = listMessagesResponseSchema.parse(JSON.parse(gunzipSync(compressed).toString()))
  expect(page.messages).toHaveLength(PAGE_SIZE)
  expect(compressed.byteLength).toBeLessThanOrEqual(FIRST_SCREEN_BYTES)
})

/** The body as it comes over the wire. */
function readBytes(url: string): Promise<Buffer> {
  const headers = { cookie: ada.cookie, 'accept-encoding': 'gzip' }
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      buffer(response).then(resolve, reject)
    }).on('error', reject)
  })
}
