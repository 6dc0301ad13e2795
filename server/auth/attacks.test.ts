import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { mailedToken, mailedTo } from '../testing/mailed-links.ts'
import { problemOf } from '../testing/problem-code.ts'
import { CLIENT } from '../testing/provider.ts'
import { PASSWORD, startTestServer, type TestServer } from '../testing/running-server.ts'

const PUBLIC_URL = 'https://chat.test'

let mails: MailServer
let server: TestServer

beforeEach(async () => {
  mails = await startMailServer()
  server = await startTestServer({
    environment: {
      ...{ PUBLIC_URL, SMTP_URL: mails.url },
      ...{ GITHUB_CLIENT_ID: CLIENT.id, GITHUB_CLIENT_SECRET: CLIENT.secret },
    },
  })
})
afterEach(async () => {
  await server.close()
  await mails.close()
})

function send(path: string, body?: unknown, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/api/auth/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', origin: PUBLIC_URL, ...headers },
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

async function magicToken(email: string): Promise<string> {
  expect((await send('sign-in/magic-link', { email })).status).toBe(200)
  return mailedToken(mails, '/magic-link', email)
}

describe('P7 nobody is sent to another site', () => {
  const elsewhere = [
    ...['https://evil.test', 'https://evil.test/', '//evil.test', '/\\evil.test', '\\\\evil.test'],
    ...['https://chat.test.evil.test', 'https://chat.test@evil.test/', 'http://chat.test/'],
    ...['javascript:alert(1)', 'data:text/html,x', '/%2f/evil.test', '/\t/evil.test'],
  ]

  test.each(elsewhere)('by %j', async (target) => {
    const { cookie } = await server.signUp('Ada')
    const provider = 'github'
    const answers = [
      await send('sign-in/social', { provider, callbackURL: target }),
      await send('sign-in/social', { provider, errorCallbackURL: target }),
      await send('link-social', { provider, callbackURL: target }, { cookie }),
      await send(`magic-link/verify?token=x&callbackURL=${encodeURIComponent(target)}`),
      await send(`magic-link/verify?token=x&errorCallbackURL=${encodeURIComponent(target)}`),
      await send(`verify-email?token=x&callbackURL=${encodeURIComponent(target)}`),
    ]
    for (const answer of answers) {
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
  })

  test('and the pages of this server are all right', async () => {
    const pages = { callbackURL: '/channels/x?y=1', errorCallbackURL: `${PUBLIC_URL}/` }
    expect((await send('sign-in/social', { provider: 'github', ...pages })).status).toBe(200)
  })
})

describe('P7 cookies', () => {
  test('behind a proxy that speaks TLS go over TLS alone, and no script reads them', async () => {
    const body = { name: 'Ada', email: 'ada@example.test', password: PASSWORD }
    const cookies = (await send('sign-up/email', body)).headers.getSetCookie()
    expect(
      cookies.map((cookie) => /^__Secure-connectnow\.(?:session_token|device)/.test(cookie)),
    ).toEqual([true, true])
    for (const cookie of cookies) {
      for (const flag of ['; HttpOnly', '; Secure', '; SameSite=Lax'])
        expect(cookie).toContain(flag)
      expect(cookie).not.toContain('Domain=')
    }
  })

  test('that were there before signing in are not what signs in afterwards', async () => {
    const { email } = await server.signUp('Ada')
    const planted = '__Secure-connectnow.session_token=planted.by-an-attacker'
    const body = { email, password: PASSWORD }
    const signedIn = await send('sign-in/email', body, { cookie: planted })
    const [cookie = ''] = signedIn.headers.getSetCookie()
    expect(cookie).not.toContain('planted')
    const me = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${server.url}/api/users/me`, { headers })
    expect((await me({ cookie: cookie.split(';')[0] ?? '' })).status).toBe(200)
    expect((await me({ cookie: planted })).status).toBe(401)
  })
})

describe('P7 another site', () => {
  test('cannot sign a visitor in as somebody else by a link of their own', async () => {
    const { email } = await server.signUp('Mallory')
    const path = `magic-link/verify?token=${await magicToken(email)}`
    for (const site of ['cross-site', 'same-site']) {
      const led = await send(path, undefined, { 'sec-fetch-site': site })
      expect([await problemOf(led), led.headers.getSetCookie()]).toEqual(['403 foreign_origin', []])
    }
    expect((await send(path, undefined, { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })
})

describe('P7 a page of another site', () => {
  const foreign = [{ origin: 'https://evil.test' }, { origin: 'null' }]
  test.each([...foreign, { 'sec-fetch-site': 'cross-site' }])(
    'with %o neither signs anybody in nor out',
    async (headers) => {
      const { email, cookie } = await server.signUp('Ada')
      const answers = [
        await send('sign-in/email', { email, password: PASSWORD }, headers),
        await send('sign-up/email', { email: 'b@a.test', password: PASSWORD, name: 'B' }, headers),
        await send('sign-out', {}, { ...headers, cookie }),
        await send('sign-in/social', { provider: 'github' }, headers),
      ]
      for (const answer of answers) expect(await problemOf(answer)).toBe('403 foreign_origin')
    },
  )
})

test('a program that names no page signs up, in and out', async () => {
  const program = async (path: string, form: unknown, cookie = ''): Promise<Response> => {
    const headers = { 'content-type': 'application/json', cookie }
    const body = JSON.stringify(form)
    const response = await fetch(`${server.url}/api/auth/${path}`, {
      method: 'POST',
      headers,
      body,
    })
    expect(response.status).toBe(200)
    return response
  }
  const form = { name: 'Bot', email: 'bot@example.test', password: PASSWORD }
  await program('sign-up/email', form)
  const cookies = (await program('sign-in/email', form)).headers.getSetCookie()
  await program('sign-out', {}, cookies.map((each) => each.split(';')[0]).join('; '))
  await program('sign-in/magic-link', { email: form.email })
})

describe('P7 whoever asks for a new password', () => {
  test('does not learn whether an address is known when nothing can be written', async () => {
    const { email } = await server.signUp('Ada')
    server.sqlite.pragma('query_only = ON')
    const answers: string[] = []
    for (const each of [email, 'nobody@example.test']) {
      const answer = await send('request-password-reset', { email: each })
      answers.push(`${answer.status} ${await answer.text()}`)
    }
    server.sqlite.pragma('query_only = OFF')
    expect(new Set(answers)).toEqual(new Set(['200 {"status":true}']))
  })

  test('is told at once what is no address', async () => {
    const answer = await send('request-password-reset', { email: 'x' })
    expect(await problemOf(answer)).toBe('400 invalid_request')
  })

  test('gets the mail though the server stops right after', async () => {
    const { email } = await server.signUp('Ada')
    await send('request-password-reset', { email })
    await server.restart()
    await expect.poll(() => mailedTo(mails, '/reset-password')).toEqual([email])
  })
})

test('P7 who is deactivated while they sign in has not come in', async () => {
  const { email } = await server.signUp('Ada')
  server.sqlite.exec(
    `CREATE TEMP TRIGGER deactivate AFTER INSERT ON main.sessions
     BEGIN UPDATE users SET deactivated_at = 1; END`,
  )
  await send('sign-in/email', { email, password: PASSWORD })
  server.sqlite.exec('DROP TRIGGER deactivate; UPDATE users SET deactivated_at = NULL')
  expect(server.sqlite.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(1)
})
