import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimLinkSchema } from '../../shared/api/auth.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { meSchema, userSchema } from '../../shared/api/users.ts'
import { openDatabase } from '../database/open-database.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const NOVA = '0193a5a0-0000-7000-8000-000000000001'
const PASSWORD = 'correct horse battery'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

async function postAuth(path: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(`${server.url}/api/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, ...headers },
    body: JSON.stringify(body),
  })
}

async function codeOf(response: Response): Promise<string> {
  return problemSchema.parse(await response.json()).code
}

async function signInAgain({ email }: TestPerson): Promise<string> {
  const response = await postAuth('sign-in/email', { email, password: PASSWORD })
  expect(response.status).toBe(200)
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function statusWith(cookie: string): Promise<number> {
  return (await fetch(`${server.url}/api/users/me`, { headers: { cookie } })).status
}

function execute(sql: string, ...parameters: unknown[]): unknown[] {
  const { sqlite } = openDatabase(server.databasePath)
  try {
    const statement = sqlite.prepare(sql)
    return statement.reader ? statement.all(...parameters) : [statement.run(...parameters)]
  } finally {
    sqlite.close()
  }
}

function importNova(email: string | null): void {
  execute(
    'INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?, ?, ?, 1, 1)',
    NOVA,
    email,
    'Nova',
  )
}

async function linkFor(admin: TestPerson): Promise<string> {
  const made = await admin.request('POST', `/api/users/${NOVA}/claim-link`)
  expect(made.status).toBe(201)
  return new URL(claimLinkSchema.parse(await made.json()).url).hash.slice(1)
}

test('of several who sign up at once, one becomes the owner', async () => {
  const people = await Promise.all(['A', 'B', 'C', 'D'].map((name) => server.signUp(name)))
  const roles = await Promise.all(
    people.map(async (person) => {
      return meSchema.parse(await (await person.request('GET', '/api/users/me')).json()).role
    }),
  )
  expect(roles.toSorted()).toEqual(['MEMBER', 'MEMBER', 'MEMBER', 'OWNER'])
})

test('every time is an integer and every id a UUIDv7', async () => {
  const ada = await server.signUp('Ada')
  for (const table of ['users', 'accounts', 'sessions']) {
    const [row] = execute(`SELECT id, created_at, updated_at FROM ${table}`)
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      created_at: expect.any(Number),
      updated_at: expect.any(Number),
    })
  }
  const [session] = execute('SELECT expires_at - created_at AS lifetime FROM sessions')
  expect(session).toEqual({ lifetime: expect.closeTo(30 * 24 * 3600 * 1000, -5) })
  expect(await statusWith(ada.cookie)).toBe(200)
})

test('P7 a session ends by signing out, by revoking it and by revoking the others', async () => {
  const ada = await server.signUp('Ada')
  const [second, third] = [await signInAgain(ada), await signInAgain(ada)]
  expect((await postAuth('sign-out', {}, { cookie: second })).status).toBe(200)
  expect([await statusWith(second), await statusWith(third)]).toEqual([401, 200])
  expect((await ada.request('POST', '/api/auth/revoke-other-sessions', {})).status).toBe(200)
  expect([await statusWith(third), await statusWith(ada.cookie)]).toEqual([401, 200])
})

test('P7 deactivated people get nothing and cannot sign in, until they are let in again', async () => {
  const [ada, ben] = [await server.signUp('Ada'), await server.signUp('Ben')]
  const made = await ben.request('POST', '/api/tokens', { name: 'bot' })
  const { token } = createTokenResponseSchema.parse(await made.json())
  const signIn = (): Promise<Response> =>
    postAuth('sign-in/email', { email: ben.email, password: PASSWORD })
  expect((await ada.request('DELETE', `/api/users/${ben.userId}`)).status).toBe(204)
  expect(await statusWith(ben.cookie)).toBe(401)
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(`${server.url}/api/users/me`, { headers })).status).toBe(401)
  expect(await codeOf(await signIn())).toBe('forbidden')
  expect((await ada.request('POST', `/api/users/${ben.userId}/reactivate`)).status).toBe(204)
  expect((await signIn()).status).toBe(200)
  expect(await statusWith(ben.cookie)).toBe(401)
})

test('only admins deactivate, only owners other admins, and nobody themself', async () => {
  const [ada, ben, cleo] = [
    await server.signUp('Ada'),
    await server.signUp('Ben'),
    await server.signUp('Cleo'),
  ]
  const deactivate = async (by: TestPerson, who: TestPerson): Promise<number> =>
    (await by.request('DELETE', `/api/users/${who.userId}`)).status
  expect(await deactivate(ben, cleo)).toBe(403)
  execute("UPDATE users SET role = 'ADMIN' WHERE id = ?", ben.userId)
  expect(await deactivate(ben, ada)).toBe(403)
  expect(await deactivate(ada, ada)).toBe(409)
  expect(await deactivate(ben, cleo)).toBe(204)
  expect(await deactivate(ada, ben)).toBe(204)
  expect((await ada.request('DELETE', `/api/users/${NOVA}`)).status).toBe(404)
})

test('a session that is used is prolonged, and its cookie with it', async () => {
  const ada = await server.signUp('Ada')
  const fresh = await ada.request('GET', '/api/users/me')
  expect(fresh.headers.getSetCookie()).toEqual([])
  const soon = Date.now() + 24 * 3600 * 1000
  execute('UPDATE sessions SET expires_at = ?', soon)
  const used = await ada.request('GET', '/api/users/me')
  expect(used.headers.getSetCookie().join()).toContain('connectnow.session_token=')
  const [session] = execute('SELECT expires_at > ? AS isLater FROM sessions', soon)
  expect(session).toEqual({ isLater: 1 })
})

test('where nothing can be written people still read, and are told when it takes more', async () => {
  const ada = await server.signUp('Ada')
  execute('UPDATE sessions SET expires_at = ?', Date.now() + 24 * 3600 * 1000)
  server.sqlite.pragma('query_only = ON')
  expect((await ada.request('GET', '/api/channels')).status).toBe(200)
  const signedIn = await postAuth('sign-in/email', { email: ada.email, password: PASSWORD })
  expect(problemSchema.parse(await signedIn.json())).toMatchObject({
    code: 'internal',
    requestId: expect.any(String),
  })
  server.sqlite.pragma('query_only = OFF')
  expect(await signInAgain(ada)).not.toBe('')
})

test('only what is described of better-auth is there to be asked', async () => {
  const ada = await server.signUp('Ada')
  const guess = await ada.request('POST', '/api/auth/verify-password', { password: PASSWORD })
  expect(guess.status).toBe(404)
  expect((await ada.request('GET', '/api/auth/sign-in/email')).status).toBe(404)
})

test('an address that has an account, or was imported, cannot be signed up again', async () => {
  await server.signUp('Ada')
  importNova('Nova@Example.test')
  for (const email of ['ada@example.test', 'ADA@example.test', 'nova@example.test']) {
    const response = await postAuth('sign-up/email', { email, password: PASSWORD, name: 'X' })
    expect([response.status, await codeOf(response)]).toEqual([409, 'already_exists'])
  }
  const [count] = execute('SELECT count(*) AS count FROM users')
  expect(count).toEqual({ count: 2 })
})

test('a wrong password, a short one and a name without end are refused as problems', async () => {
  const ada = await server.signUp('Ada')
  const wrong = await postAuth('sign-in/email', { email: ada.email, password: 'wrong password' })
  expect(await codeOf(wrong)).toBe('unauthenticated')
  const email = 'new@example.test'
  const short = await postAuth('sign-up/email', { email, password: 'short', name: 'X' })
  expect(await codeOf(short)).toBe('invalid_request')
  const long = await postAuth('sign-up/email', { email, password: PASSWORD, name: 'X'.repeat(81) })
  expect(await codeOf(long)).toBe('invalid_request')
  const renamed = await ada.request('POST', '/api/auth/update-user', { name: '\u0000' })
  expect(await codeOf(renamed)).toBe('invalid_request')
  const promoted = await ada.request('POST', '/api/auth/update-user', { name: 'A', role: 'GUEST' })
  expect(promoted.status).toBeLessThan(500)
  expect(execute('SELECT role FROM users')).toEqual([{ role: 'OWNER' }])
})

test('guessing passwords is slowed down, whatever address the guesser claims', async () => {
  await server.close()
  server = await startTestServer({ limits: { signIns: { capacity: 3, perSecond: 0 } } })
  const responses: Response[] = []
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const headers = { 'x-client-address': `10.0.0.${attempt}`, 'x-forwarded-for': '10.1.1.1' }
    const body = { email: 'ada@example.test', password: 'wrong password' }
    responses.push(await postAuth('sign-in/email', body, headers))
  }
  expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 429])
  expect(responses[3]?.headers.get('retry-after')).not.toBeNull()
})

test('a claim link lets an imported person set a password, once', async () => {
  const ada = await server.signUp('Ada')
  const ben = await server.signUp('Ben')
  importNova('Nova@Example.test')
  const refused = await ben.request('POST', `/api/users/${NOVA}/claim-link`)
  expect(await codeOf(refused)).toBe('forbidden')
  const replaced = await linkFor(ada)
  const token = await linkFor(ada)
  expect(JSON.stringify(execute('SELECT * FROM verification_tokens'))).not.toContain(token)

  const old = await postAuth('claim', { token: replaced, password: PASSWORD })
  expect(await codeOf(old)).toBe('not_found')
  const both = await Promise.all([
    postAuth('claim', { token, password: PASSWORD }),
    postAuth('claim', { token, password: 'another password' }),
  ])
  expect(both.map(({ status }) => `${status}`).toSorted()).toEqual(['200', '404'])
  expect(await codeOf(await postAuth('claim', { token, password: PASSWORD }))).toBe('not_found')

  const password = both[0]?.status === 200 ? PASSWORD : 'another password'
  const signedIn = await postAuth('sign-in/email', { email: 'nova@example.test', password })
  expect(signedIn.status).toBe(200)
  const nova = await ada.request('GET', `/api/users/${NOVA}`)
  expect(userSchema.parse(await nova.json())).toMatchObject({ isActive: true, role: 'MEMBER' })
  const again = await ada.request('POST', `/api/users/${NOVA}/claim-link`)
  expect(await codeOf(again)).toBe('conflict')
})

test('whoever was imported without an address brings one that nobody has', async () => {
  const ada = await server.signUp('Ada')
  importNova(null)
  const token = await linkFor(ada)
  const claim = (email?: string): Promise<Response> =>
    postAuth('claim', { token, password: PASSWORD, email })
  expect(await codeOf(await claim())).toBe('invalid_request')
  expect(await codeOf(await claim('ADA@example.test'))).toBe('already_exists')
  expect(await (await claim('Nova@example.test')).json()).toEqual({ email: 'nova@example.test' })
})

test('a claim link ends after seven days', async () => {
  const ada = await server.signUp('Ada')
  importNova('nova@example.test')
  const token = await linkFor(ada)
  execute('UPDATE verification_tokens SET expires_at = ?', Date.now() - 1)
  expect(await codeOf(await postAuth('claim', { token, password: PASSWORD }))).toBe('not_found')
})
