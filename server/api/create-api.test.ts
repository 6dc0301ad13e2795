import { afterAll, beforeAll, expect, test } from 'vitest'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { listUsersResponseSchema, meSchema } from '../../shared/api/users.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  return problem.code
}

test('the first person owns the workspace, the next one is a member', async () => {
  const first = meSchema.parse(await (await ada.request('GET', '/api/users/me')).json())
  const second = meSchema.parse(await (await ben.request('GET', '/api/users/me')).json())
  expect([first.role, second.role]).toEqual(['OWNER', 'MEMBER'])
  expect(first).toMatchObject({ email: 'ada@example.test', isActive: true })
})

test('a stranger is told whether there is an owner, and nothing else', async () => {
  const readWorkspace = async ({ url }: TestServer): Promise<unknown> =>
    (await fetch(`${url}/api/workspace`)).json()
  expect(await readWorkspace(server)).toMatchObject({ hasOwner: true })
  const empty = await startTestServer()
  try {
    expect(await readWorkspace(empty)).toMatchObject({ hasOwner: false })
  } finally {
    await empty.close()
  }
})

test('nothing is told to somebody who is not signed in', async () => {
  for (const path of ['/api/users', '/api/users/me', '/api/channels', '/api/dm', '/api/tokens']) {
    const response = await fetch(server.url + path)
    expect([response.status, await codeOf(response)]).toEqual([401, 'unauthenticated'])
  }
})

test('a page of another site cannot write with a cookie', async () => {
  const response = await fetch(`${server.url}/api/channels`, {
    method: 'POST',
    headers: {
      cookie: ada.cookie,
      origin: 'https://evil.example',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'x', slug: 'x' }),
  })
  expect(await codeOf(response)).toBe('foreign_origin')
})

test('people are found by part of a name, page by page', async () => {
  const found = await ada.request('GET', '/api/users?search=be')
  expect(listUsersResponseSchema.parse(await found.json()).users.map((u) => u.name)).toEqual([
    'Ben',
  ])
  const first = listUsersResponseSchema.parse(
    await (await ada.request('GET', '/api/users?limit=1')).json(),
  )
  const rest = await ada.request('GET', `/api/users?limit=5&cursor=${first.nextCursor}`)
  expect(listUsersResponseSchema.parse(await rest.json()).users.map((u) => u.name)).toEqual(['Ben'])
  expect(await codeOf(await ada.request('GET', '/api/users?cursor=bogus'))).toBe('invalid_request')
  const everything = await ada.request('GET', '/api/users?search=%25')
  expect(listUsersResponseSchema.parse(await everything.json()).users).toEqual([])
})

test('a channel is created once, joined, posted to and read', async () => {
  const channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  const again = await ada.request('POST', '/api/channels', {
    id: channel.id,
    name: 'General',
    slug: 'general',
  })
  expect(again.status).toBe(201)
  const taken = await ben.request('POST', '/api/channels', { name: 'G', slug: 'general' })
  expect(await codeOf(taken)).toBe('already_exists')

  const path = `/api/channels/${channel.id}/messages`
  expect(await codeOf(await ben.request('POST', path, { content: 'hi' }))).toBe('not_member')
  const join = await ben.request('POST', `/api/channels/${channel.id}/members`, {
    userId: ben.userId,
  })
  expect(join.status).toBe(204)
  const posted: string[] = []
  for (let index = 0; index < 5; index += 1) {
    const response = await ben.request('POST', path, { content: `message ${index}` })
    expect(response.status).toBe(201)
    posted.push(messageSchema.parse(await response.json()).id)
  }
  const repeated = await ben.request('POST', path, { id: posted[0], content: 'message 0' })
  expect(messageSchema.parse(await repeated.json()).id).toBe(posted[0])

  const newest = listMessagesResponseSchema.parse(
    await (await ada.request('GET', `${path}?limit=2`)).json(),
  )
  expect(newest.messages.map((m) => m.id)).toEqual(posted.slice(3))
  expect(newest.prevCursor).toBeNull()
  const older = listMessagesResponseSchema.parse(
    await (await ada.request('GET', `${path}?limit=2&cursor=${newest.nextCursor}`)).json(),
  )
  expect(older.messages.map((m) => m.id)).toEqual(posted.slice(1, 3))
  const back = listMessagesResponseSchema.parse(
    await (await ada.request('GET', `${path}?limit=2&cursor=${older.prevCursor}`)).json(),
  )
  expect(back.messages.map((m) => m.id)).toEqual(posted.slice(3))
  const after = listMessagesResponseSchema.parse(
    await (await ada.request('GET', `${path}?after=${posted[3]}`)).json(),
  )
  expect(after.messages.map((m) => m.id)).toEqual(posted.slice(4))
})

test('a private channel does not exist for others', async () => {
  const secret = await server.createChannel(ada, { name: 'S', slug: 'secret', type: 'PRIVATE' })
  const page = await ben.request('GET', '/api/channels?type=PRIVATE')
  expect(listChannelsResponseSchema.parse(await page.json()).channels).toEqual([])
  for (const path of ['', '/messages', '/members']) {
    const response = await ben.request('GET', `/api/channels/${secret.id}${path}`)
    expect(await codeOf(response)).toBe('not_found')
  }
})

test('the last owner cannot leave a channel that others stay in', async () => {
  const channel = await server.createChannel(ada, { name: 'O', slug: 'owners' })
  const members = `/api/channels/${channel.id}/members`
  await ben.request('POST', members, { userId: ben.userId })
  const self = `${members}/${ada.userId}`
  expect(await codeOf(await ada.request('DELETE', self))).toBe('conflict')
  const removal = await ben.request('DELETE', self)
  expect(await codeOf(removal)).toBe('forbidden')
  await ada.request('PATCH', `${members}/${ben.userId}`, { role: 'OWNER' })
  expect((await ada.request('DELETE', self)).status).toBe(204)
})

test('the same people always have the same DM, and nobody else sees it', async () => {
  const cleo = await server.signUp('Cleo')
  const one = dmSchema.parse(
    await (await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })).json(),
  )
  const other = dmSchema.parse(
    await (
      await ben.request('POST', '/api/dm', { participantIds: [ada.userId, ben.userId] })
    ).json(),
  )
  expect(other.id).toBe(one.id)
  expect(await codeOf(await cleo.request('GET', `/api/dm/${one.id}`))).toBe('not_found')
  expect(await codeOf(await cleo.request('GET', `/api/dm/${one.id}/messages`))).toBe('not_found')
  const sent = await ada.request('POST', `/api/dm/${one.id}/messages`, { content: 'psst' })
  expect(sent.status).toBe(201)
})

test('P7 a revoked token opens nothing any more', async () => {
  const made = await ada.request('POST', '/api/tokens', { name: 'script' })
  const { id, token } = createTokenResponseSchema.parse(await made.json())
  const asProgram = (): Promise<Response> =>
    fetch(`${server.url}/api/users/me`, { headers: { authorization: `Bearer ${token}` } })
  expect((await asProgram()).status).toBe(200)
  expect((await ada.request('DELETE', `/api/tokens/${id}`)).status).toBe(204)
  expect((await asProgram()).status).toBe(401)
})

test('health, OpenAPI and its readable page are there', async () => {
  expect(await (await fetch(`${server.url}/api/health`)).json()).toEqual({
    status: 'ok',
    db: 'connected',
  })
  const document = await (await fetch(`${server.url}/api/openapi.json`)).json()
  expect(document).toMatchObject({ openapi: '3.1.0' })
  const page = await (await fetch(`${server.url}/api/docs`)).text()
  expect(page).toContain('/channels/{id}/messages')
  expect(await codeOf(await fetch(`${server.url}/api/nothing`))).toBe('unauthenticated')
})
