import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimLinkSchema } from '../../shared/api/auth.ts'
import { userSchema, type User } from '../../shared/api/users.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { outcomeOf } from '../testing/role-stage.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { withinASecond } from '../testing/within-a-second.ts'

const MINUTE_MS = 60_000

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let aheadMs = 0

beforeAll(async () => {
  server = await startTestServer({ now: () => Date.now() + aheadMs })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

const patch = (by: TestPerson, of: TestPerson, body: unknown): Promise<Response> =>
  by.request('PATCH', `/api/users/${of.userId}`, body)
const setStatus = (by: TestPerson, body: unknown): Promise<Response> =>
  by.request('PATCH', `/api/users/${by.userId}/status`, body)
const userOf = async (response: Response): Promise<User> => userSchema.parse(await response.json())
const read = async ({ userId }: TestPerson): Promise<User> =>
  userOf(await ada.request('GET', `/api/users/${userId}`))

test('an admin adds a person, who claims the account by a link', async () => {
  const body = { email: 'Nova@Example.test', name: 'Nova' }
  const nova = await userOf(await ada.request('POST', '/api/users', body))
  expect(nova).toMatchObject({ name: 'Nova', role: 'MEMBER', isActive: false })
  expect(await outcomeOf(await ada.request('POST', '/api/users', body))).toBe('already_exists')
  const headers = { 'content-type': 'application/json', origin: server.url }
  const signUp = await fetch(`${server.url}/api/auth/sign-up/email`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ ...body, password: 'a stranger comes first' }),
  })
  expect(await outcomeOf(signUp)).toBe('already_exists')
  const made = await ada.request('POST', `/api/users/${nova.id}/claim-link`)
  const token = claimLinkSchema.parse(await made.json()).url.split('#')[1]
  const password = 'a password of Nova'
  const claimed = await ada.request('POST', '/api/auth/claim', { token, password })
  expect(await claimed.json()).toEqual({ email: 'nova@example.test' })
  const email = 'nova@example.test'
  const signIn = await ada.request('POST', '/api/auth/sign-in/email', { email, password })
  expect(signIn.status).toBe(200)
})

test('what people show of themselves is set, kept and cleared field by field', async () => {
  const first = { displayName: 'Benny', bio: 'Hello', avatarUrl: 'https://example.test/ben.png' }
  expect(await userOf(await patch(ben, ben, first))).toMatchObject({ name: 'Ben', ...first })
  const second = { displayName: null, name: 'Benjamin' }
  expect(await userOf(await patch(ben, ben, second))).toMatchObject({ ...first, ...second })
  for (const body of [
    { name: ' ' },
    { name: null },
    { avatarUrl: 'javascript:alert(1)' },
    { bio: 'x'.repeat(501) },
    { email: 'other@example.test' },
  ]) {
    expect(await outcomeOf(await patch(ben, ben, body))).toBe('invalid_request')
  }
})

test('nobody raises anybody above themself, and the last owner stays one', async () => {
  const [amy, cleo] = [await server.signUp('Amy'), await server.signUp('Cleo')]
  expect(await outcomeOf(await patch(ben, ben, { role: 'ADMIN' }))).toBe('forbidden')
  expect(await outcomeOf(await patch(ada, amy, { role: 'ADMIN' }))).toBe('yes')
  expect(await outcomeOf(await patch(amy, amy, { role: 'OWNER' }))).toBe('forbidden')
  expect(await outcomeOf(await patch(amy, cleo, { role: 'OWNER' }))).toBe('forbidden')
  expect(await outcomeOf(await patch(amy, ada, { role: 'MEMBER' }))).toBe('forbidden')
  expect(await outcomeOf(await patch(amy, ada, { bio: 'Boss' }))).toBe('forbidden')
  expect(await outcomeOf(await patch(amy, cleo, { role: 'ADMIN' }))).toBe('yes')
  expect(await outcomeOf(await patch(amy, cleo, { role: 'MEMBER' }))).toBe('forbidden')
  const owner = { email: 'o@example.test', name: 'O', role: 'OWNER' }
  expect(await outcomeOf(await amy.request('POST', '/api/users', owner))).toBe('forbidden')
  expect(await outcomeOf(await patch(ada, ada, { role: 'ADMIN' }))).toBe('conflict')
  expect(await outcomeOf(await patch(ada, cleo, { role: 'OWNER' }))).toBe('yes')
  expect(await outcomeOf(await patch(ada, ada, { role: 'ADMIN' }))).toBe('yes')
  expect(await outcomeOf(await patch(cleo, cleo, { role: 'MEMBER' }))).toBe('conflict')
  expect(await outcomeOf(await patch(cleo, ada, { role: 'OWNER' }))).toBe('yes')
})

test('a change that is refused in part is not made at all', async () => {
  const body = { bio: 'Raised', role: 'OWNER' }
  expect(await outcomeOf(await patch(ben, ben, body))).toBe('forbidden')
  expect((await read(ben)).bio).not.toBe('Raised')
})

test('P7 who becomes a guest has the public channels closed that they are not in', async () => {
  const dan = await server.signUp('Dan')
  const [strange, own] = [
    await server.createChannel(ada, { name: 'S', slug: 'strange' }),
    await server.createChannel(dan, { name: 'O', slug: 'own' }),
  ]
  const client = connect(server, dan)
  const open = (id: typeof own.id) => client.open(formatConversationName({ kind: 'channel', id }))
  const [closed, kept] = [open(strange.id), open(own.id)]
  await Promise.all([closed.synced, kept.synced])
  const refused = withinASecond(closed.refused)
  await patch(ada, dan, { role: 'GUEST' })
  expect(await refused).toEqual({ code: 'access_ended' })
  const list: unknown = await (await dan.request('GET', '/api/channels')).json()
  expect(list).toMatchObject({ channels: [{ id: own.id }] })
  expect(await outcomeOf(await patch(ada, dan, { role: 'MEMBER' }))).toBe('yes')
  expect(kept.provider.isSynced).toBe(true)
  client.close()
})

test('a status is set for oneself, changed in part, and told to open browsers', async () => {
  const client = connect(server, ada)
  const own = client.open(formatUserDocumentName(ada.userId))
  await own.synced
  const lunch = { status: 'AWAY', text: 'Lunch', emoji: '🍜', expiresAt: null }
  expect((await userOf(await setStatus(ben, lunch))).status).toEqual(lunch)
  await expect
    .poll(() => own.messages)
    .toContainEqual({ type: 'event', event: { topic: 'people' } })
  const later = { text: 'Late lunch', expiresAt: Date.now() + MINUTE_MS }
  expect((await userOf(await setStatus(ben, later))).status).toEqual({ ...lunch, ...later })
  for (const body of [{ expiresAt: 1 }, { emoji: 'no emoji' }, { status: 'BUSY' }, { text: '' }]) {
    expect(await outcomeOf(await setStatus(ben, body))).toBe('invalid_request')
  }
  const path = `/api/users/${ben.userId}/status`
  expect(await outcomeOf(await ada.request('PATCH', path, { status: 'DND' }))).toBe('forbidden')
  client.close()
})

test('a status ends at its time: for whoever reads, and by an event for whoever watches', async () => {
  const fay = await server.signUp('Fay')
  const client = connect(server, ben)
  const own = client.open(formatUserDocumentName(ben.userId))
  await own.synced
  const plain = { status: 'ONLINE', text: null, emoji: null, expiresAt: null }
  await setStatus(fay, { status: 'DND', text: 'Busy', expiresAt: Date.now() + MINUTE_MS })
  expect((await read(fay)).status.status).toBe('DND')
  await expect.poll(() => own.messages.some(({ type }) => type === 'event')).toBe(true)
  const told = own.messages.length
  aheadMs = 2 * MINUTE_MS
  try {
    expect((await read(fay)).status).toEqual(plain)
    await expect
      .poll(() => own.messages.slice(told))
      .toContainEqual({
        ...{ type: 'event', event: { topic: 'people' } },
      })
    const row = server.sqlite
      .prepare('SELECT status, status_expires_at AS expiresAt FROM users WHERE id = ?')
      .get(fay.userId)
    expect(row).toEqual({ status: 'ONLINE', expiresAt: null })
    // Nothing of what has run out comes back with a later status.
    expect((await userOf(await setStatus(fay, { status: 'AWAY' }))).status).toEqual({
      ...plain,
      status: 'AWAY',
    })
  } finally {
    aheadMs = 0
    client.close()
  }
})
