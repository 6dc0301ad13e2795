import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import {
  listPinsResponseSchema,
  listRepliesResponseSchema,
  listRevisionsResponseSchema,
  messageSchema,
  type Message,
} from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const MAX_MESSAGES = 10

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
/** Of the messages of a channel, and of a DM. */
let paths: Record<'channel' | 'dm', string>
const kinds = ['channel', 'dm'] as const

beforeAll(async () => {
  server = await startTestServer({
    limits: { segments: { maxMessages: MAX_MESSAGES, maxClients: 100 } },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  const started = await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })
  const dm = dmSchema.parse(await started.json())
  paths = { channel: `/api/channels/${channel.id}/messages`, dm: `/api/dm/${dm.id}/messages` }
})
afterAll(() => server.close())

async function post(path: string, by: TestPerson, body: object): Promise<Message> {
  return messageSchema.parse(await (await by.request('POST', path, body)).json())
}

async function outcome(response: Response): Promise<number | string> {
  if (response.ok) return response.status
  return problemSchema.parse(await response.json()).code
}

async function edit(
  url: string,
  by: TestPerson,
  { content, ifMatch }: { content: string; ifMatch?: string },
): Promise<Response> {
  return fetch(`${server.url}${url}`, {
    method: 'PATCH',
    headers: {
      cookie: by.cookie,
      origin: server.url,
      'content-type': 'application/json',
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    body: JSON.stringify({ content }),
  })
}

async function read(url: string): Promise<Message> {
  return messageSchema.loose().parse(await (await ada.request('GET', url)).json())
}

test.for(kinds)('P2.2 the author edits a message of a %s, and nobody else', async (kind) => {
  const path = paths[kind]
  const { id } = await post(path, ben, { content: 'frist' })
  const url = `${path}/${id}`
  expect(await outcome(await edit(url, ada, { content: 'mine' }))).toBe('not_author')
  expect(await outcome(await edit(url, ada, { content: 'frist' }))).toBe('not_author')
  const edited = await edit(url, ben, { content: 'first' })
  expect(edited.headers.get('etag')).toMatch(/^(W\/)?"2"$/)
  expect(messageSchema.parse(await edited.json())).toMatchObject({ content: 'first', version: 2 })
  expect(await read(url)).toMatchObject({ content: 'first', version: 2, replyCount: 0 })
  expect((await read(url)).editedAt).not.toBeNull()
  expect(await outcome(await edit(url, ben, { content: ' ' }))).toBe('invalid_record')
  expect(await outcome(await edit(`${path}/${channel.id}`, ben, { content: 'x' }))).toBe(
    'not_found',
  )
})

test.for(kinds)(
  'P2 an edit of another version than the one named changes nothing in a %s',
  async (kind) => {
    const path = paths[kind]
    const posted = await ada.request('POST', path, { content: 'one' })
    expect(posted.headers.get('etag')).toMatch(/^(W\/)?"1"$/)
    const { id } = messageSchema.parse(await posted.json())
    const url = `${path}/${id}`
    const edits = Array.from({ length: 8 }, (_, index) =>
      edit(url, ada, { content: `edit ${index}`, ifMatch: '"1"' }),
    )
    const outcomes = await Promise.all((await Promise.all(edits)).map(outcome))
    expect(outcomes.filter((each) => each === 200)).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set([200, 'precondition_failed']))
    expect((await read(url)).version).toBe(2)
    expect(await outcome(await edit(url, ada, { content: 'three', ifMatch: 'W/"2"' }))).toBe(200)
    expect(await outcome(await edit(url, ada, { content: 'four', ifMatch: '*' }))).toBe(200)
    expect(await outcome(await edit(url, ada, { content: 'five', ifMatch: 'nonsense' }))).toBe(
      'precondition_failed',
    )
    const got = await ada.request('GET', url)
    expect(got.headers.get('etag')).toMatch(/^(W\/)?"4"$/)
  },
)

test('P2.3 authors and moderators delete; nothing can be done with what is deleted', async () => {
  const path = paths.channel
  const bens = `${path}/${(await post(path, ben, { content: 'secret' })).id}`
  const adas = `${path}/${(await post(path, ada, { content: 'kept' })).id}`
  expect(await outcome(await ben.request('DELETE', adas))).toBe('not_author')
  await edit(bens, ben, { content: 'secret 2' })
  await ben.request('PUT', `${bens}/pin`)
  expect(await outcome(await ada.request('DELETE', bens))).toBe(204)
  expect(await outcome(await ada.request('DELETE', bens))).toBe(204)
  expect(await read(bens)).toMatchObject({ content: '', version: 3 })
  expect((await read(bens)).deletedAt).not.toBeNull()
  expect(await outcome(await edit(bens, ben, { content: 'back' }))).toBe('already_deleted')
  const reaction = { emoji: '👍' }
  expect(await outcome(await ada.request('POST', `${bens}/reactions`, reaction))).toBe(
    'already_deleted',
  )
  expect(await outcome(await ada.request('PUT', `${bens}/pin`))).toBe('already_deleted')
  const pins = await ada.request('GET', `/api/channels/${channel.id}/pins`)
  expect(listPinsResponseSchema.parse(await pins.json()).pins).toEqual([])
  const revisions = await ada.request('GET', `${bens}/revisions`)
  expect(listRevisionsResponseSchema.parse(await revisions.json()).revisions).toEqual([])
})

test('P2.3 in a DM nobody deletes what the other wrote', async () => {
  const { id } = await post(paths.dm, ben, { content: 'mine' })
  expect(await outcome(await ada.request('DELETE', `${paths.dm}/${id}`))).toBe('not_author')
})

test.for(kinds)('what a message of a %s said before is read by who may read it', async (kind) => {
  const path = paths[kind]
  const url = `${path}/${(await post(path, ada, { content: 'a' })).id}`
  for (const content of ['b', 'b', 'c', 'd']) await edit(url, ada, { content })
  const first = listRevisionsResponseSchema.parse(
    await (await ben.request('GET', `${url}/revisions?limit=2`)).json(),
  )
  expect(first.revisions.map(({ version, content }) => [version, content])).toEqual([
    [3, 'c'],
    [2, 'b'],
  ])
  const rest = listRevisionsResponseSchema.parse(
    await (await ben.request('GET', `${url}/revisions?cursor=${first.nextCursor}`)).json(),
  )
  expect(rest.revisions.map(({ content }) => content)).toEqual(['a'])
  expect(rest.nextCursor).toBeNull()
  const eve = await server.signUp(`Eve of the ${kind}`.replaceAll(' ', '-'))
  if (kind === 'dm')
    expect(await outcome(await eve.request('GET', `${url}/revisions`))).toBe('not_found')
})

test.for(kinds)('P2.4 reactions of a %s are given and taken back once', async (kind) => {
  const path = paths[kind]
  const url = `${path}/${(await post(path, ada, { content: 'react' })).id}/reactions`
  const give = async (by: TestPerson, emoji: string): Promise<Response> =>
    by.request('POST', url, { emoji })
  expect(await outcome(await give(ben, '👍'))).toBe(200)
  expect(await outcome(await give(ben, 'no emoji'))).toBe('invalid_request')
  await give(ben, '👍')
  const both = messageSchema.parse(await (await give(ada, '👍')).json())
  expect(both.reactions).toEqual([{ emoji: '👍', count: 2, userIds: [ben.userId, ada.userId] }])
  const query = `emoji=${encodeURIComponent('👍')}`
  for (const _ of [1, 2])
    expect(await outcome(await ben.request('DELETE', `${url}?${query}`))).toBe(200)
  const left = await ada.request('DELETE', `${url}?emoji=${encodeURIComponent('🎉')}`)
  expect(messageSchema.parse(await left.json()).reactions).toEqual([
    { emoji: '👍', count: 1, userIds: [ada.userId] },
  ])
})

test.for(kinds)('P2.5 pins of a %s come newest first, page by page', async (kind) => {
  const path = paths[kind]
  const pinsPath = path.replace('/messages', '/pins')
  const ids: string[] = []
  for (const content of ['one', 'two', 'three']) {
    const { id } = await post(path, ada, { content })
    ids.unshift(id)
    expect(await outcome(await ben.request('PUT', `${path}/${id}/pin`))).toBe(204)
    // Whoever pinned it first stays named.
    expect(await outcome(await ada.request('PUT', `${path}/${id}/pin`))).toBe(204)
  }
  const readPins = async (query: string) =>
    listPinsResponseSchema.parse(await (await ada.request('GET', `${pinsPath}?${query}`)).json())
  const first = await readPins('limit=2')
  const rest = await readPins(`limit=2&cursor=${first.nextCursor}`)
  const pins = [...first.pins, ...rest.pins]
  // Those of one millisecond come in the order of their ids.
  expect(pins.map(({ message }) => message.id).toSorted()).toEqual(ids.toSorted())
  expect(pins.every(({ pinnedBy, message }) => pinnedBy === ben.userId && message.isPinned)).toBe(
    true,
  )
  expect(pins.map(({ pinnedAt }) => pinnedAt)).toEqual(
    pins.map(({ pinnedAt }) => pinnedAt).toSorted((one, other) => other - one),
  )
  for (const id of ids) {
    expect(await outcome(await ada.request('DELETE', `${path}/${id}/pin`))).toBe(204)
    expect(await outcome(await ada.request('DELETE', `${path}/${id}/pin`))).toBe(204)
  }
  expect((await readPins('limit=2')).pins).toEqual([])
})

test.for(kinds)(
  'a thread of a %s is read oldest first, and its message tells who replied last',
  async (kind) => {
    const path = paths[kind]
    const parent = await post(path, ada, { content: 'question' })
    const url = `${path}/${parent.id}`
    const contents = ['1', '2', '3', '4', '5']
    for (const content of contents) {
      await post(path, content === '4' ? ada : ben, { content, parentId: parent.id })
    }
    const deleted = await post(path, ada, { content: 'never mind', parentId: parent.id })
    await ada.request('DELETE', `${path}/${deleted.id}`)
    const { replyCount, lastRepliers } = await read(url)
    expect(replyCount).toBe(5)
    expect(lastRepliers.map(({ name }) => name)).toEqual(['Ben', 'Ada'])
    const replies: Message[] = []
    let cursor = ''
    for (;;) {
      const response = await ben.request('GET', `${url}/replies?limit=2${cursor}`)
      const page = listRepliesResponseSchema.parse(await response.json())
      replies.push(...page.messages)
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(replies.map(({ content }) => content)).toEqual([...contents, ''])
    expect(lastRepliers[0]?.repliedAt).toBe(replies[4]?.createdAt)
    expect(await outcome(await ben.request('GET', `${path}/${channel.id}/replies`))).toBe(
      'not_found',
    )
  },
)

test('changes reach messages of older documents where they are', async () => {
  const path = paths.channel
  const first = await post(path, ada, { content: 'old' })
  await expect
    .poll(async () => (await post(path, ada, { content: 'more' })).segment)
    .toBeGreaterThan(first.segment)
  const url = `${path}/${first.id}`
  await edit(url, ada, { content: 'old, but new' })
  await ben.request('POST', `${url}/reactions`, { emoji: '👀' })
  await ben.request('PUT', `${url}/pin`)
  const { segment, content, isPinned, reactions } = await read(url)
  expect({ segment, content, isPinned }).toEqual({
    ...{ segment: first.segment, content: 'old, but new', isPinned: true },
  })
  expect(reactions).toHaveLength(1)
  await ada.request('DELETE', url)
  expect((await read(url)).segment).toBe(first.segment)
})

test('P2.9 who may only read changes nothing', async () => {
  const eve = await server.signUp('Eve')
  const url = `${paths.channel}/${(await post(paths.channel, ada, { content: 'x' })).id}`
  expect(await outcome(await eve.request('GET', url))).toBe(200)
  const tries = [
    await edit(url, eve, { content: 'y' }),
    await eve.request('DELETE', url),
    await eve.request('POST', `${url}/reactions`, { emoji: '👍' }),
    await eve.request('PUT', `${url}/pin`),
    await eve.request('DELETE', `${url}/pin`),
    await eve.request('POST', paths.channel, { content: 'hello' }),
  ]
  expect(await Promise.all(tries.map(outcome))).toEqual(tries.map(() => 'not_member'))
})
