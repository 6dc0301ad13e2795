import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  listAccountsResponseSchema,
  providerResponseSchema,
} from '../../shared/api/sign-in-ways.ts'
import { meSchema, type Me } from '../../shared/api/users.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { mailedToken } from '../testing/mailed-links.ts'
import { startOauthHosts, type GithubAccount, type OauthHosts } from '../testing/oauth-hosts.ts'
import { CLIENT, createVisitor, type Visitor } from '../testing/provider.ts'
import { PASSWORD, startTestServer, type TestServer } from '../testing/running-server.ts'

const PUBLIC_URL = 'http://chat.test'
const ADDRESS = 'grace@example.test'

const grace: GithubAccount = {
  ...{ id: 4_711, login: 'amazing-grace', name: 'Grace Hopper', email: null },
  emails: [
    { email: 'old@example.test', primary: false, verified: true },
    { email: ADDRESS, primary: true, verified: true },
  ],
}
const unverified = {
  ...grace,
  id: 66,
  emails: [{ email: ADDRESS, primary: true, verified: false }],
}

let mails: MailServer
let hosts: OauthHosts
let server: TestServer
let visitor: Visitor

beforeEach(async () => {
  mails = await startMailServer()
  hosts = await startOauthHosts()
  hosts.github = grace
  const client = { ID: CLIENT.id, SECRET: CLIENT.secret }
  server = await startTestServer({
    environment: {
      ...{ PUBLIC_URL, SMTP_URL: mails.url },
      ...{ GITHUB_CLIENT_ID: client.ID, GITHUB_CLIENT_SECRET: client.SECRET },
      ...{ GOOGLE_CLIENT_ID: client.ID, GOOGLE_CLIENT_SECRET: client.SECRET },
    },
  })
  visitor = createVisitor(PUBLIC_URL, server.url)
})
afterEach(async () => {
  await server.close()
  await hosts.close()
  await mails.close()
})

interface Passage {
  provider?: 'github' | 'google'
  path?: string
  who?: Visitor
  /** Changes the address that leads to the provider, or back. */
  change?: (url: URL) => void
}

/** Goes through the provider's page and answers the page of ours on which it ends. */
async function pass({
  provider = 'github',
  path = 'sign-in/social',
  who = visitor,
  change = () => undefined,
}: Passage = {}): Promise<string> {
  const json = { provider, callbackURL: '/inside', errorCallbackURL: '/outside' }
  const begun = await who.request(`/api/auth/${path}`, { method: 'POST', json })
  expect(begun.status).toBe(200)
  const there = new URL(providerResponseSchema.parse(await begun.json()).url)
  change(there)
  const back = new URL(hosts.agree(there.href))
  change(back)
  const { pathname, search } = await who.walk(back.href, { sub: '' })
  return pathname + search
}

async function me(who = visitor): Promise<Me | undefined> {
  const response = await who.request('/api/users/me')
  return response.ok ? meSchema.parse(await response.json()) : undefined
}

async function ways(): Promise<{ id: string; provider: string }[]> {
  const answer = await visitor.request('/api/accounts')
  return listAccountsResponseSchema.parse(await answer.json()).accounts
}

async function unlink(id = ''): Promise<number> {
  return (await visitor.request(`/api/accounts/${id}`, { method: 'DELETE' })).status
}

async function signInByPassword(): Promise<number> {
  const json = { email: ADDRESS, password: PASSWORD }
  return (await visitor.request('/api/auth/sign-in/email', { method: 'POST', json })).status
}

function isVerified(): unknown {
  const select = server.sqlite.prepare('SELECT email_verified FROM users WHERE email = ?')
  return select.pluck().get(ADDRESS)
}

describe('with GitHub', () => {
  test('somebody who keeps their address private comes in under their first one, and again', async () => {
    expect(await pass()).toBe('/inside')
    const first = await me()
    expect(first).toMatchObject({ name: 'Grace Hopper', email: ADDRESS, avatarUrl: null })
    expect(isVerified()).toBe(1)
    hosts.github = { ...grace, login: 'renamed', email: 'other@example.test', emails: [] }
    const other = createVisitor(PUBLIC_URL, server.url)
    expect(await pass({ who: other })).toBe('/inside')
    expect(await me(other)).toEqual(first)
  })

  test('somebody without a name is called what they are called there', async () => {
    hosts.github = { ...grace, name: null }
    await pass()
    expect((await me())?.name).toBe('amazing-grace')
  })

  test('P7 an address that GitHub has not verified opens no account that has it', async () => {
    await server.signUp('Grace')
    hosts.github = unverified
    expect(await pass()).toBe('/outside?error=account_not_linked')
    server.sqlite.prepare('UPDATE users SET email_verified = 1').run()
    expect(await pass()).toBe('/outside?error=account_not_linked')
    expect(await me()).toBeUndefined()
    expect(server.sqlite.prepare('SELECT provider_id FROM accounts').pluck().all()).toEqual([
      'credential',
    ])
    // Nor one of which GitHub does not say whether it has.
    hosts.github = { ...grace, email: ADDRESS }
    hosts.emailsStatus = 403
    expect(await pass()).toBe('/outside?error=account_not_linked')
  })

  test('P7 an address that GitHub has not verified is not proven by it', async () => {
    hosts.github = unverified
    expect(await pass()).toBe('/inside')
    expect(isVerified()).toBe(0)
    // The owner of the mailbox comes, and whoever was there before is out.
    const json = { email: ADDRESS }
    const owner = createVisitor(PUBLIC_URL, server.url)
    await owner.request('/api/auth/sign-in/magic-link', { method: 'POST', json })
    const token = await mailedToken(mails, '/magic-link', ADDRESS)
    await owner.request(`/api/auth/magic-link/verify?token=${token}`)
    expect(isVerified()).toBe(1)
    expect(await me()).toBeUndefined()
    expect(await pass()).toBe('/outside?error=account_not_linked')
  })

  test('P7 an address that was proven here opens its account', async () => {
    const { userId } = await server.signUp('Grace')
    server.sqlite.prepare('UPDATE users SET email_verified = 1').run()
    expect(await pass()).toBe('/inside')
    expect((await me())?.id).toBe(userId)
  })

  test('somebody links it, comes in by it, and takes it away again, but never the last way', async () => {
    const { userId } = await server.signUp('Grace')
    expect(await signInByPassword()).toBe(200)
    hosts.github = {
      ...grace,
      emails: [{ email: 'hopper@example.test', primary: true, verified: true }],
    }
    expect(await pass({ path: 'link-social' })).toBe('/inside')
    expect((await ways()).map(({ provider }) => provider)).toEqual(['credential', 'github'])
    const other = createVisitor(PUBLIC_URL, server.url)
    expect(await pass({ who: other })).toBe('/inside')
    expect(await me(other)).toMatchObject({ id: userId, email: ADDRESS })

    const [password, github] = await ways()
    expect(await unlink(github?.id)).toBe(204)
    expect(await unlink(password?.id)).toBe(409)
    // It is nobody's now: whoever comes by it is somebody new.
    const stranger = createVisitor(PUBLIC_URL, server.url)
    expect(await pass({ who: stranger })).toBe('/inside')
    expect((await me(stranger))?.id).not.toBe(userId)
    expect(await pass({ path: 'link-social' })).toBe(
      '/outside?error=account_already_linked_to_different_user',
    )
  })

  test('who came by it alone cannot take it away', async () => {
    await pass()
    const [github] = await ways()
    expect(await unlink(github?.id)).toBe(409)
    expect(await pass({ who: createVisitor(PUBLIC_URL, server.url) })).toBe('/inside')
  })

  test('P7 who was deactivated does not come in by it', async () => {
    await pass()
    server.sqlite.prepare('UPDATE users SET deactivated_at = 1').run()
    expect(await pass()).toMatch(/^\/outside\?error=account_deactivated&/)
    expect(await me()).toBeUndefined()
  })

  test.each([
    ['the state', 'state'],
    ['the code', 'code'],
    ['the challenge of the code', 'code_challenge'],
  ])('P7 nobody comes in when somebody changed %s', async (_, name) => {
    let count = 0
    const change = ({ searchParams }: URL): void => {
      // The state leads there and back; it is changed on the way back.
      if (!searchParams.has(name) || (name === 'state' && searchParams.has('client_id'))) return
      count += 1
      searchParams.set(name, 'x'.repeat(43))
    }
    expect(await pass({ change })).toMatch(/error=/)
    expect(count).toBe(1)
    expect(await me()).toBeUndefined()
    expect(server.sqlite.prepare('SELECT 1 FROM users').all()).toEqual([])
  })

  test('P7 no key to the account there is kept', async () => {
    await pass()
    await pass()
    const select = 'SELECT access_token, refresh_token, id_token FROM accounts'
    expect(server.sqlite.prepare(select).all()).toEqual([
      { access_token: null, refresh_token: null, id_token: null },
    ])
  })
})

describe('with Google', () => {
  beforeEach(() => {
    hosts.google = { sub: '42', email: ADDRESS, email_verified: true, name: 'Grace Hopper' }
  })

  test('somebody comes in, and links it beside GitHub', async () => {
    expect(await pass({ provider: 'google' })).toBe('/inside')
    expect(await me()).toMatchObject({ name: 'Grace Hopper', email: ADDRESS })
    expect(isVerified()).toBe(1)
    expect(await pass({ path: 'link-social' })).toBe('/inside')
    expect((await ways()).map(({ provider }) => provider)).toEqual(['google', 'github'])
    const [google, github] = await ways()
    expect([await unlink(google?.id), await unlink(github?.id)]).toEqual([204, 409])
  })

  test('P7 an address that Google has not verified opens no account that has it', async () => {
    await server.signUp('Grace')
    server.sqlite.prepare('UPDATE users SET email_verified = 1').run()
    hosts.google = { sub: '42', email: ADDRESS, email_verified: false, name: 'Grace' }
    expect(await pass({ provider: 'google' })).toBe('/outside?error=account_not_linked')
    expect(await me()).toBeUndefined()
  })
})
