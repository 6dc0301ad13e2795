import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  channelSchema,
  listMembersResponseSchema,
  type Channel,
} from '../../shared/api/channels.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { openDatabase } from '../database/open-database.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let cleo: TestPerson
let channels = 0

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  cleo = await server.signUp('Cleo')
})
afterAll(() => server.close())

/** Ben's channel: Ada owns the workspace, so she would be let through everywhere. */
function makeChannel(type: Channel['type'] = 'PUBLIC'): Promise<Channel> {
  channels += 1
  return server.createChannel(ben, { name: 'Room', slug: `room-${channels}`, type })
}

async function outcome(response: Response): Promise<number | string> {
  if (response.ok) return response.status
  return problemSchema.parse(await response.json()).code
}

const add = async ({ id }: Channel, by: TestPerson, who: TestPerson): Promise<number | string> =>
  outcome(await by.request('POST', `/api/channels/${id}/members`, { userId: who.userId }))
const remove = async ({ id }: Channel, by: TestPerson, who: TestPerson): Promise<number | string> =>
  outcome(await by.request('DELETE', `/api/channels/${id}/members/${who.userId}`))
const change = async (
  { id }: Channel,
  by: TestPerson,
  [who, role]: [TestPerson, string],
): Promise<number | string> =>
  outcome(await by.request('PATCH', `/api/channels/${id}/members/${who.userId}`, { role }))

async function rolesOf({ id }: Channel): Promise<Record<string, string>> {
  const response = await ada.request('GET', `/api/channels/${id}/members`)
  const { members } = listMembersResponseSchema.parse(await response.json())
  return Object.fromEntries(members.map(({ userId, role }) => [userId, role]))
}

test('members of a private channel let others in; nobody lets themself in', async () => {
  const channel = await makeChannel('PRIVATE')
  expect(await add(channel, cleo, cleo)).toBe('not_found')
  expect(await add(channel, ada, ada)).toBe('not_found')
  expect(await add(channel, ben, cleo)).toBe(204)
  expect(await add(channel, cleo, ada)).toBe(204)
  expect(await add(channel, cleo, ada)).toBe(204)
})

test('members remove nobody but themselves; admins remove members, owners everybody', async () => {
  const channel = await makeChannel()
  await add(channel, ada, ada)
  await add(channel, cleo, cleo)
  expect(await remove(channel, cleo, ben)).toBe('forbidden')
  expect(await change(channel, cleo, [cleo, 'ADMIN'])).toBe('forbidden')
  expect(await change(channel, ben, [cleo, 'ADMIN'])).toBe(204)
  expect(await change(channel, cleo, [cleo, 'OWNER'])).toBe('forbidden')
  expect(await remove(channel, cleo, ben)).toBe('forbidden')
  expect(await remove(channel, cleo, ada)).toBe(204)
  expect(await remove(channel, ben, cleo)).toBe(204)
})

test('the last owner stays an owner while others are in the channel', async () => {
  const channel = await makeChannel()
  await add(channel, cleo, cleo)
  expect(await remove(channel, ben, ben)).toBe('conflict')
  expect(await change(channel, ben, [ben, 'MEMBER'])).toBe('conflict')
  expect(await remove(channel, ada, ben)).toBe('conflict')
  expect(await change(channel, ada, [cleo, 'OWNER'])).toBe(204)
  expect(await change(channel, ben, [ben, 'MEMBER'])).toBe(204)
})

test('whoever comes into a public channel that all have left owns it', async () => {
  const channel = await makeChannel()
  expect(await remove(channel, ben, ben)).toBe(204)
  expect(await add(channel, cleo, cleo)).toBe(204)
  expect(await rolesOf(channel)).toEqual({ [cleo.userId]: 'OWNER' })
})

test('a private channel that its last member leaves is archived', async () => {
  const channel = await makeChannel('PRIVATE')
  expect(await remove(channel, ben, ben)).toBe(204)
  expect(await outcome(await ben.request('GET', `/api/channels/${channel.id}`))).toBe('not_found')
  const { sqlite } = openDatabase(server.databasePath)
  const row = sqlite
    .prepare('SELECT archived_at AS archivedAt FROM channels WHERE id = ?')
    .get(channel.id)
  sqlite.close()
  expect(row).toEqual({ archivedAt: expect.any(Number) })
})

test('an archived channel takes neither people nor messages, until it is reopened', async () => {
  const channel = await makeChannel()
  const path = `/api/channels/${channel.id}`
  expect(await outcome(await cleo.request('DELETE', path))).toBe('forbidden')
  expect(await outcome(await ben.request('DELETE', path))).toBe(200)
  expect(await add(channel, cleo, cleo)).toBe('channel_archived')
  const post = async (): Promise<number | string> =>
    outcome(await ben.request('POST', `${path}/messages`, { content: 'still here' }))
  expect(await post()).toBe('channel_archived')
  const reopened = await ben.request('PATCH', path, { isArchived: false, description: 'Again' })
  expect(channelSchema.parse(await reopened.json())).toMatchObject({
    archivedAt: null,
    description: 'Again',
  })
  expect(await post()).toBe(201)
})

test('guests see the channels that they are in, and no others', async () => {
  const guest = await server.signUp('Guest')
  const { sqlite } = openDatabase(server.databasePath)
  sqlite.prepare("UPDATE users SET role = 'GUEST' WHERE id = ?").run(guest.userId)
  sqlite.close()
  const channel = await makeChannel()
  expect(await add(channel, guest, guest)).toBe('not_found')
  const create = await guest.request('POST', '/api/channels', { name: 'G', slug: 'guests' })
  expect(await outcome(create)).toBe('forbidden')
  expect(await add(channel, ben, guest)).toBe(204)
  expect(await add(channel, guest, cleo)).toBe('forbidden')
  const list: unknown = await (await guest.request('GET', '/api/channels')).json()
  expect(list).toMatchObject({ channels: [{ id: channel.id }] })
})

test('everybody says for themself what to hear of a channel, and nobody else is told', async () => {
  const channel = await makeChannel()
  await add(channel, cleo, cleo)
  const of = (who: TestPerson): string => `/api/channels/${channel.id}/members/${who.userId}`
  const read = async (by: TestPerson, who: TestPerson): Promise<unknown> =>
    (await by.request('GET', of(who))).json()
  expect(await read(cleo, cleo)).toMatchObject({ muted: false, notifyLevel: null })
  const wishes = { muted: true, notifyLevel: 'NOTHING' }
  expect(await outcome(await cleo.request('PATCH', of(cleo), wishes))).toBe(204)
  expect(await outcome(await cleo.request('PATCH', of(cleo), { muted: false }))).toBe(204)
  expect(await read(cleo, cleo)).toMatchObject({ muted: false, notifyLevel: 'NOTHING' })
  expect(await outcome(await cleo.request('PATCH', of(cleo), { notifyLevel: null }))).toBe(204)
  expect(await read(cleo, cleo)).toMatchObject({ role: 'MEMBER', notifyLevel: null })
  expect(await outcome(await cleo.request('PATCH', of(cleo), wishes))).toBe(204)
  const listed = async (by: TestPerson): Promise<unknown> =>
    (await by.request('GET', `/api/channels/${channel.id}`)).json()
  expect(await listed(cleo)).toMatchObject(wishes)
  expect(await listed(ben)).toMatchObject({ muted: false, notifyLevel: null })
  expect(await listed(ada)).toMatchObject({ muted: false, notifyLevel: null, myRole: null })
  await cleo.request('PATCH', of(cleo), { muted: false, notifyLevel: null })
  expect(await outcome(await ben.request('PATCH', of(cleo), wishes))).toBe('forbidden')
  expect(Object.keys((await read(ben, cleo)) as object)).not.toContain('muted') // a member
  const list = await ben.request('GET', `/api/channels/${channel.id}/members`)
  const { members } = listMembersResponseSchema.parse(await list.json())
  expect(members.filter(({ muted }) => muted !== undefined).map(({ userId }) => userId)).toEqual([
    ben.userId,
  ])
  const refused = { role: 'OWNER', muted: true }
  expect(await outcome(await cleo.request('PATCH', of(cleo), refused))).toBe('forbidden')
  expect(await read(cleo, cleo)).toMatchObject({ role: 'MEMBER', muted: false })
})
