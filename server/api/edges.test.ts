import { afterAll, beforeAll, expect, test } from 'vitest'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { listUsersResponseSchema } from '../../shared/api/users.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { answer, channelPlace, type Place } from '../testing/notified-people.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let place: Place

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  place = channelPlace(channel.id)
})
afterAll(() => server.close())

const get = (path: string): Promise<Response> => ada.request('GET', `/api${path}`)

test('a page has at least one row and at most a hundred', async () => {
  for (const limit of [
    '0',
    '-1',
    '101',
    '1000',
    '1.5',
    'NaN',
    'ten',
    '1e9',
    'Infinity',
    '1&limit=2',
  ]) {
    for (const path of ['/users', '/channels', '/dm', `${place.path.slice(4)}/messages`]) {
      expect([limit, await problemOf(await get(`${path}?limit=${limit}`))]).toEqual([
        limit,
        '400 invalid_request',
      ])
    }
  }
})

test('what is left blank in an address is left out', async () => {
  const users = await get('/users?search=&limit=20&cursor=')
  expect(listUsersResponseSchema.parse(await users.json()).users).toHaveLength(1)
  const channels = await get('/channels?type=&limit=&cursor=')
  expect(listChannelsResponseSchema.parse(await channels.json()).channels).toHaveLength(1)
  const page = await get(`${place.path.slice(4)}/messages?limit=50&cursor=&before=&after=`)
  expect(listMessagesResponseSchema.parse(await page.json()).nextCursor).toBeNull()
})

test('a cursor belongs to the list that gave it', async () => {
  const ben = await server.signUp('Ben')
  await answer(ada, 'POST', '/api/dm', { participantIds: [ben.userId] })
  await answer(ada, 'POST', '/api/dm', { participantIds: [ada.userId] })
  await server.createChannel(ada, { name: 'Other', slug: 'other' })
  const cursorOf = async (path: string): Promise<string> => {
    const { nextCursor } = (await (await get(`${path}?limit=1`)).json()) as { nextCursor: string } // every page has one
    expect(nextCursor).not.toBeNull()
    return nextCursor
  }
  const lists = ['/users', '/channels', '/dm']
  for (const from of lists) {
    const cursor = await cursorOf(from)
    for (const path of [
      ...lists,
      `${place.path.slice(4)}/members`,
      `${place.path.slice(4)}/pins`,
    ]) {
      const { status } = await get(`${path}?cursor=${cursor}`)
      expect([from, path, status]).toEqual([from, path, from === path ? 200 : 400])
    }
  }
})

test('a message has up to 16,000 characters, and not one more', async () => {
  const post = (content: string): Promise<Response> =>
    ada.request('POST', `${place.path}/messages`, { content })
  for (const content of ['x'.repeat(16_000), '🚀'.repeat(16_000)]) {
    const { id } = messageSchema.parse(await (await post(content)).json())
    expect(await answer(ada, 'GET', `${place.path}/messages/${id}`)).toMatchObject({ content })
  }
  for (const content of ['x'.repeat(16_001), '🚀'.repeat(16_001), '', ' \n ']) {
    expect((await post(content)).status).toBe(400)
  }
})

test('P6 what REST tells of a message is what its document holds, whatever its characters', async () => {
  const id = '0193a5a0-0000-7000-8000-0000000000bb'
  const content = 'nothing \u0000, half \ud83d, e\u0301 \u202e'
  const post = (): Promise<unknown> =>
    answer(ada, 'POST', `${place.path}/messages`, { id, content })
  const posted = messageSchema.parse(await post())
  // The same post again is the same post.
  expect(await post()).toMatchObject({ id, content: posted.content })
  const client = connect(server, ada)
  const { document, synced } = client.open(formatConversationName(place.conversation))
  await synced
  expect(rootMap(document, 'messages').get(id)).toMatchObject({ content: posted.content })
  expect(await answer(ada, 'GET', `${place.path}/messages/${id}`)).toMatchObject({
    content: posted.content,
  })
  client.close()
})

test('bodies that are too large or too deep are refused in the form of every other no', async () => {
  const send = (body: string): Promise<Response> => {
    const headers = { cookie: ada.cookie, origin: server.url, 'content-type': 'application/json' }
    return fetch(`${server.url}${place.path}/messages`, { method: 'POST', headers, body })
  }
  const tenMegabytes = JSON.stringify({ content: 'x'.repeat(10 * 1_048_576) })
  expect(await problemOf(await send(tenMegabytes))).toBe('413 payload_too_large')
  const depth = 400_000
  const deep = `{"content":${'['.repeat(depth)}${']'.repeat(depth)}}`
  expect(await problemOf(await send(deep))).toBe('400 invalid_request')
})

test('an address that is too long is refused in the form of every other no', async () => {
  const tenKilobytes = encodeURIComponent('水'.repeat(3_400))
  expect((await get(`/messages/search?q=${tenKilobytes}`)).status).toBe(200)
  expect(await problemOf(await get(`/users?search=${'x'.repeat(200_000)}`))).toBe(
    '413 payload_too_large',
  )
})

test('typing needs no words', async () => {
  for (const body of [undefined, {}, { isTyping: false }]) {
    expect((await ada.request('POST', `${place.path}/typing`, body)).status).toBe(204)
  }
})

test('the patterns of the OpenAPI document match what the server takes', async () => {
  const document: unknown = await (await get('/openapi.json')).json()
  const patterns = new Map<string, string>()
  const collect = (name: string, node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      if (key === 'pattern' && typeof value === 'string') patterns.set(value, name)
      else collect(key, value)
    }
  }
  collect('', document)
  const taken: Record<string, string> = {
    ...{ slug: 'plans-2', name: 'Ada', displayName: '阿达', p256dh: 'B', auth: 'A' },
  }
  for (const [pattern, name] of patterns) {
    const compiled = new RegExp(pattern, 'u')
    if (name in taken) expect([name, compiled.test(taken[name] ?? '')]).toEqual([name, true])
  }
  expect([...patterns.values()]).toContain('slug')
  expect([...patterns.keys()].filter((pattern) => /\/[a-z]*$/.test(pattern))).toEqual([])
})
