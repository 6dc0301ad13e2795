import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  listAccountsResponseSchema,
  providerResponseSchema,
} from '../../shared/api/sign-in-ways.ts'
import { meSchema, type Me } from '../../shared/api/users.ts'
import {
  CLIENT,
  createVisitor,
  startProvider,
  type TestProvider,
  type Visitor,
  type WalkOptions,
} from '../testing/provider.ts'
import { startTestServer, type TestServer } from '../testing/running-server.ts'

const PUBLIC_URL = 'http://chat.test'
const NOVA = '0193a5a0-0000-7000-8000-000000000001'

let provider: TestProvider
let server: TestServer
let visitor: Visitor

beforeEach(async () => {
  provider = await startProvider(PUBLIC_URL)
  server = await startTestServer({
    environment: {
      PUBLIC_URL,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Example Login',
    },
  })
  visitor = createVisitor(PUBLIC_URL, server.url)
  const email = { email: 'Grace@example.test', email_verified: true }
  provider.accounts.set('grace', { sub: 'grace', name: 'Grace\u0007 Hopper', ...email })
})
afterEach(async () => {
  await server.close()
  await provider.close()
})

/** Begins at our server and answers the page on which it ends. */
async function signIn(options: WalkOptions, who = visitor, path = 'sign-in/social'): Promise<URL> {
  const json = { provider: 'oidc', callbackURL: '/inside', errorCallbackURL: '/outside' }
  const begun = await who.request(`/api/auth/${path}`, { method: 'POST', json })
  expect(begun.status).toBe(200)
  const { url } = providerResponseSchema.parse(await begun.json())
  return who.walk(url, options)
}

async function me(who = visitor): Promise<Me | undefined> {
  const response = await who.request('/api/users/me')
  return response.ok ? meSchema.parse(await response.json()) : undefined
}

function run(sql: string, ...values: unknown[]): void {
  server.sqlite.prepare(sql).run(...values)
}

function audited(action: string): unknown[] {
  return server.sqlite
    .prepare('SELECT details FROM audit_logs WHERE action = ?')
    .pluck()
    .all(action)
}

test('somebody new signs up by the provider, and comes in again as the same person', async () => {
  const end = await signIn({ sub: 'grace' })
  expect(end.href).toBe(`${PUBLIC_URL}/inside`)
  const grace = await me()
  expect(grace).toMatchObject({ name: 'Grace  Hopper', email: 'grace@example.test', role: 'OWNER' })
  const other = createVisitor(PUBLIC_URL, server.url)
  expect((await signIn({ sub: 'grace' }, other)).pathname).toBe('/inside')
  expect((await me(other))?.id).toBe(grace?.id)
  expect(audited('session.started')).toEqual(['{"by":"oidc"}', '{"by":"oidc"}'])
  expect(audited('person.way_linked')).toEqual(['{"provider":"oidc"}'])
})

test('P7 no key to an account at the provider is kept', async () => {
  await signIn({ sub: 'grace' })
  await signIn({ sub: 'grace' }, createVisitor(PUBLIC_URL, server.url))
  const select = 'SELECT access_token, refresh_token, id_token, provider_id FROM accounts'
  expect(server.sqlite.prepare(select).all()).toEqual([
    { access_token: null, refresh_token: null, id_token: null, provider_id: 'oidc' },
  ])
})

test('who does not agree at the provider is not signed in', async () => {
  const end = await signIn({ sub: 'grace', agrees: false })
  expect(`${end.pathname}${end.search}`).toContain('/outside?error=access_denied')
  expect(await me()).toBeUndefined()
})

describe('P7 nobody is signed in', () => {
  const changes: [string, string, (url: URL) => void][] = [
    [
      'the state was changed',
      '/api/auth/callback/',
      ({ searchParams }) => searchParams.set('state', 'x'),
    ],
    ['the nonce was changed', '/auth', ({ searchParams }) => searchParams.set('nonce', 'another')],
    [
      'the code belongs to another request',
      '/auth',
      ({ searchParams }) => searchParams.set('code_challenge', 'x'.repeat(43)),
    ],
    [
      'the issuer is another',
      '/api/auth/callback/',
      ({ searchParams }) => searchParams.set('iss', 'https://x.test'),
    ],
  ]

  test.each(changes)('when %s', async (_, path, apply) => {
    let count = 0
    const change = (url: URL): void => {
      if (!url.pathname.startsWith(path) || url.pathname.startsWith('/auth/')) return
      count += 1
      apply(url)
    }
    const end = await signIn({ sub: 'grace', change })
    expect(count).toBe(1)
    expect(end.searchParams.get('error')).toMatch(/mismatch|unable_to_get_user_info|invalid_code/)
    expect(await me()).toBeUndefined()
    expect(server.sqlite.prepare('SELECT * FROM users').all()).toEqual([])
  })

  test('in a browser that did not begin it', async () => {
    const victim = createVisitor(PUBLIC_URL, server.url)
    let link = ''
    await signIn({
      sub: 'grace',
      change: (url) => {
        if (!url.pathname.startsWith('/api/auth/callback/')) return
        link = url.href
        // The attacker stops here and has somebody else open it.
        url.searchParams.set('code', 'never')
        url.searchParams.set('state', 'never')
      },
    })
    const end = await victim.walk(link, { sub: 'grace' })
    expect(end.searchParams.get('error')).toBe('state_mismatch')
    expect(await me(victim)).toBeUndefined()
  })

  test('who was deactivated', async () => {
    await signIn({ sub: 'grace' })
    run('UPDATE users SET deactivated_at = 1')
    run('DELETE FROM sessions')
    const end = await signIn({ sub: 'grace' })
    expect(end.searchParams.get('error')).toBe('account_deactivated')
    expect(await me()).toBeUndefined()
  })

  test('by an id token that somebody brings along', async () => {
    const json = { provider: 'oidc', idToken: { token: 'x.y.z' } }
    const begun = await visitor.request('/api/auth/sign-in/social', { method: 'POST', json })
    expect(begun.status).toBe(400)
    expect(begun.headers.getSetCookie().join()).not.toContain('session_token')
  })
})

describe('P7 an address that is here already', () => {
  const insert =
    'INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?, ?, ?, 1, 1)'

  test('is claimed by who was imported, when the provider vouches for it', async () => {
    run(insert, NOVA, 'grace@example.test', 'Grace of old')
    expect((await signIn({ sub: 'grace' })).pathname).toBe('/inside')
    expect(await me()).toMatchObject({ id: NOVA, name: 'Grace of old', isActive: true })
  })

  test.each([{ email_verified: false }, {}])(
    'is not when the provider says no more than %o',
    async (claim) => {
      run(insert, NOVA, 'grace@example.test', 'Grace of old')
      provider.accounts.set('grace', { sub: 'grace', email: 'grace@example.test', ...claim })
      const end = await signIn({ sub: 'grace' })
      expect(end.searchParams.get('error')).toBe('account_not_linked')
      expect(await me()).toBeUndefined()
    },
  )

  test('is not while somebody has an account under it who never proved it', async () => {
    const grace = await server.signUp('Grace')
    const end = await signIn({ sub: 'grace' })
    expect(end.searchParams.get('error')).toBe('account_not_linked')
    run('UPDATE users SET email_verified = 1')
    expect((await signIn({ sub: 'grace' })).pathname).toBe('/inside')
    expect((await me())?.id).toBe(grace.userId)
  })

  test('is not of somebody who was deactivated before they had an account', async () => {
    run(insert, NOVA, 'grace@example.test', 'Grace of old')
    run('UPDATE users SET deactivated_at = 1')
    const end = await signIn({ sub: 'grace' })
    expect(end.searchParams.get('error')).toBe('account_not_linked')
    expect(server.sqlite.prepare('SELECT * FROM accounts').all()).toEqual([])
  })
})

describe('a person who is signed in', () => {
  /** Signs Grace up by the provider, and gives her a password. */
  async function enter(): Promise<string> {
    await signIn({ sub: 'grace' })
    const id = (await me())?.id ?? ''
    run(
      `INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
       VALUES ('password', ?, ?, 'credential', 1, 1)`,
      ...[id, id],
    )
    return id
  }

  async function ways(): Promise<{ id: string; provider: string }[]> {
    const answer = await visitor.request('/api/accounts')
    return listAccountsResponseSchema.parse(await answer.json()).accounts
  }

  async function unlink(id: string): Promise<number> {
    return (await visitor.request(`/api/accounts/${id}`, { method: 'DELETE' })).status
  }

  test('links an account of any address that the provider vouches for, and comes in by it', async () => {
    const id = await enter()
    const email = { email: 'amazing@example.test', email_verified: true }
    provider.accounts.set('amazing', { sub: 'amazing', ...email })
    const linking = await signIn({ sub: 'amazing', isOther: true }, visitor, 'link-social')
    expect(linking.href).toBe(`${PUBLIC_URL}/inside`)
    expect((await ways()).map((way) => way.provider)).toEqual(['credential', 'oidc', 'oidc'])
    const other = createVisitor(PUBLIC_URL, server.url)
    await signIn({ sub: 'amazing' }, other)
    expect((await me(other))?.id).toBe(id)
    expect(audited('person.way_linked')).toHaveLength(2)
  })

  test("P7 links no account that is somebody else's, and none that is not vouched for", async () => {
    await enter()
    const mallory = createVisitor(PUBLIC_URL, server.url)
    provider.accounts.set('mallory', { sub: 'mallory', email: 'm@example.test' })
    await signIn({ sub: 'mallory' }, mallory)
    const taken = await signIn({ sub: 'grace', isOther: true }, mallory, 'link-social')
    expect(taken.searchParams.get('error')).toBe('account_already_linked_to_different_user')
    provider.accounts.set('new', { sub: 'new', email: 'new@example.test' })
    const unproven = await signIn({ sub: 'new', isOther: true }, mallory, 'link-social')
    expect(unproven.searchParams.get('error')).toBe('unable_to_link_account')
    expect(
      server.sqlite.prepare("SELECT 1 FROM accounts WHERE provider_id = 'oidc'").all(),
    ).toHaveLength(2)
  })

  test('P7 links nothing without being signed in', async () => {
    const json = { provider: 'oidc' }
    const begun = await visitor.request('/api/auth/link-social', { method: 'POST', json })
    expect(begun.status).toBe(401)
  })

  test('P7 takes any way away but the last that works, also when two are taken at once', async () => {
    await enter()
    const [password, oidc] = await ways()
    const statuses = await Promise.all([unlink(password?.id ?? ''), unlink(oidc?.id ?? '')])
    expect(new Set(statuses)).toEqual(new Set([204, 409]))
    expect(audited('person.way_unlinked')).toHaveLength(1)
    const [left] = await ways()
    // A provider that the server does not have is no way.
    run("UPDATE accounts SET provider_id = 'oidc'")
    run(
      `INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
       SELECT 'gone', user_id, 'x', 'google', 1, 1 FROM accounts`,
    )
    expect(await unlink(left?.id ?? '')).toBe(409)
    expect(await unlink('gone')).toBe(204)
  })
})

test('anybody may know which ways to sign in there are', async () => {
  const answer = await visitor.request('/api/workspace')
  expect(await answer.json()).toMatchObject({
    signIn: {
      ...{ password: true, magicLink: false, passwordReset: false, google: false, github: false },
      oidc: { name: 'Example Login' },
    },
  })
})
