import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimLinkSchema } from '../../shared/api/auth.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { meSchema } from '../../shared/api/users.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { mailedToken, mailedTo } from '../testing/mailed-links.ts'
import {
  PASSWORD,
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../testing/running-server.ts'

const NOVA = '0193a5a0-0000-7000-8000-000000000001'
const NEW_PASSWORD = 'another long password'

let mails: MailServer
let server: TestServer

beforeEach(async () => {
  mails = await startMailServer()
  server = await startTestServer({ environment: { SMTP_URL: mails.url } })
})
afterEach(async () => {
  await server.close()
  await mails.close()
})

function post(path: string, body: unknown, cookie = ''): Promise<Response> {
  return fetch(`${server.url}/api/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, cookie },
    body: JSON.stringify(body),
  })
}

const get = (path: string, cookie = ''): Promise<Response> =>
  fetch(`${server.url}/api/auth/${path}`, { headers: { cookie }, redirect: 'manual' })

async function codeOf(response: Response): Promise<string> {
  return problemSchema.parse(await response.json()).code
}

function cookieOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0])
  return cookies.join('; ')
}

async function statusWith(headers: Record<string, string>): Promise<number> {
  return (await fetch(`${server.url}/api/users/me`, { headers })).status
}

async function resetToken(email: string): Promise<string> {
  expect((await post('request-password-reset', { email })).status).toBe(200)
  return mailedToken(mails, '/reset-password', email)
}

async function magicToken(email: string): Promise<string> {
  expect((await post('sign-in/magic-link', { email })).status).toBe(200)
  return mailedToken(mails, '/magic-link', email)
}

function isVerified({ userId }: TestPerson): unknown {
  const select = server.sqlite.prepare('SELECT email_verified FROM users WHERE id = ?')
  return select.pluck().get(userId)
}

function addUnclaimed(email: string): void {
  server.sqlite
    .prepare('INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?, ?, ?, 1, 1)')
    .run(NOVA, email, 'Nova')
}

/** All of somebody's that could be another's as long as their address is not proven. */
async function addToken(person: TestPerson): Promise<Record<string, string>> {
  const made = await person.request('POST', '/api/tokens', { name: 'bot' })
  const { token } = createTokenResponseSchema.parse(await made.json())
  return { authorization: `Bearer ${token}` }
}

function actions(): string[] {
  return server.sqlite.prepare<[], string>('SELECT action FROM audit_logs').pluck().all()
}

describe('proving an address', () => {
  test('P7 takes the mailed link and being signed in as the person whose address it is', async () => {
    const [ada, ben] = [await server.signUp('Ada'), await server.signUp('Ben')]
    const link = `verify-email?token=${await mailedToken(mails, '/verify-email', ada.email)}`
    expect(await codeOf(await get(link))).toBe('unauthenticated')
    expect(await codeOf(await get(link, ben.cookie))).toBe('forbidden')
    expect(isVerified(ada)).toBe(0)
    expect((await get(link, ada.cookie)).status).toBe(200)
    expect([isVerified(ada), isVerified(ben)]).toEqual([1, 0])
    expect(actions()).toContain('person.email_verified')
    expect(await codeOf(await get('verify-email?token=x.y.z', ada.cookie))).toBe('invalid_request')
  })

  test('is asked of whoever claims an account that somebody else has made', async () => {
    const ada = await server.signUp('Ada')
    addUnclaimed('nova@example.test')
    const made = await ada.request('POST', `/api/users/${NOVA}/claim-link`)
    const token = new URL(claimLinkSchema.parse(await made.json()).url).hash.slice(1)
    expect((await post('claim', { token, password: PASSWORD })).status).toBe(200)
    const proof = await mailedToken(mails, '/verify-email', 'nova@example.test')
    const signedIn = await post('sign-in/email', { email: 'nova@example.test', password: PASSWORD })
    expect((await get(`verify-email?token=${proof}`, cookieOf(signedIn))).status).toBe(200)
    const select = server.sqlite.prepare('SELECT email_verified FROM users WHERE id = ?')
    expect(select.pluck().get(NOVA)).toBe(1)
  })

  test('can be asked for again, by oneself alone', async () => {
    const [ada, ben] = [await server.signUp('Ada'), await server.signUp('Ben')]
    const again = 'send-verification-email'
    expect(await codeOf(await post(again, { email: ada.email }))).toBe('unauthenticated')
    expect(await codeOf(await post(again, { email: ada.email }, ben.cookie))).toBe(
      'invalid_request',
    )
    await mailedToken(mails, '/verify-email', ada.email)
    mails.received.length = 0
    expect((await post(again, { email: ada.email }, ada.cookie)).status).toBe(200)
    const token = await mailedToken(mails, '/verify-email', ada.email)
    expect((await get(`verify-email?token=${token}`, ada.cookie)).status).toBe(200)
  })
})

describe('a forgotten password', () => {
  test('P7 is replaced by a link that works once, and all sessions end', async () => {
    const ada = await server.signUp('Ada')
    const token = await resetToken(ada.email)
    const both = await Promise.all([
      post('reset-password', { token, newPassword: NEW_PASSWORD }),
      post('reset-password', { token, newPassword: NEW_PASSWORD }),
    ])
    expect(both.map(({ status }) => `${status}`).toSorted()).toEqual(['200', '400'])
    expect(await statusWith({ cookie: ada.cookie })).toBe(401)
    const signIn = { email: ada.email, password: PASSWORD }
    expect((await post('sign-in/email', signIn)).status).toBe(401)
    expect((await post('sign-in/email', { ...signIn, password: NEW_PASSWORD })).status).toBe(200)
    expect(actions().filter((action) => action === 'person.password_reset')).toHaveLength(1)
  })

  test('is replaced only by one that is long enough, while the link is good', async () => {
    const ada = await server.signUp('Ada')
    const token = await resetToken(ada.email)
    const short = await post('reset-password', { token, newPassword: 'short' })
    expect(await codeOf(short)).toBe('invalid_request')
    server.sqlite.prepare('UPDATE verification_tokens SET expires_at = ?').run(Date.now() - 1)
    const late = await post('reset-password', { token, newPassword: NEW_PASSWORD })
    expect(await codeOf(late)).toBe('invalid_request')
    expect(await statusWith({ cookie: ada.cookie })).toBe(200)
  })

  test('P7 proves the address, and what somebody else had put into the account ends', async () => {
    const ada = await server.signUp('Ada')
    const stranger = await addToken(ada)
    const insert = `INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
       VALUES ('x', ?, 'mallory', 'oidc', 1, 1)`
    server.sqlite.prepare(insert).run(ada.userId)
    await post('reset-password', {
      ...{ token: await resetToken(ada.email), newPassword: NEW_PASSWORD },
    })
    expect(isVerified(ada)).toBe(1)
    expect(await statusWith(stranger)).toBe(401)
    const ways = server.sqlite.prepare('SELECT provider_id FROM accounts').pluck().all()
    expect(ways).toEqual(['credential'])
    // Of a proven address, tokens stay.
    const signedIn = await post('sign-in/email', { email: ada.email, password: NEW_PASSWORD })
    const again = await addToken({
      ...ada,
      request: (method, path, body) =>
        fetch(`${server.url}${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            origin: server.url,
            cookie: cookieOf(signedIn),
          },
          body: JSON.stringify(body),
        }),
    })
    await post('reset-password', {
      ...{ token: await resetToken(ada.email), newPassword: PASSWORD },
    })
    expect(await statusWith(again)).toBe(200)
  })

  test('lets somebody in who was imported', async () => {
    await server.signUp('Ada')
    addUnclaimed('nova@example.test')
    const token = await resetToken('nova@example.test')
    await post('reset-password', { token, newPassword: NEW_PASSWORD })
    const body = { email: 'nova@example.test', password: NEW_PASSWORD }
    const signedIn = await post('sign-in/email', body)
    expect(signedIn.status).toBe(200)
    const cookie = cookieOf(signedIn)
    const me = await fetch(`${server.url}/api/users/me`, { headers: { cookie } })
    expect(meSchema.parse(await me.json())).toMatchObject({ id: NOVA, isActive: true })
  })
})

describe('a mailed link to sign in', () => {
  test('signs in once, and leaves nothing in the store that could', async () => {
    const ada = await server.signUp('Ada')
    const token = await magicToken(ada.email)
    const store = JSON.stringify(server.sqlite.prepare('SELECT * FROM verification_tokens').all())
    expect(store).not.toContain(token)
    const link = `magic-link/verify?token=${token}`
    const answers = await Promise.all([get(link), get(link)])
    const [first, second] = answers.toSorted((one, other) => one.status - other.status)
    expect(await statusWith({ cookie: first ? cookieOf(first) : '' })).toBe(200)
    expect(second && [await codeOf(second), cookieOf(second)]).toEqual(['invalid_request', ''])
  })

  test('P7 proves the address, and whatever was set up before ends', async () => {
    const ada = await server.signUp('Ada')
    const stranger = await addToken(ada)
    const signedIn = await get(`magic-link/verify?token=${await magicToken(ada.email)}`)
    expect(isVerified(ada)).toBe(1)
    expect(await statusWith(stranger)).toBe(401)
    expect(await statusWith({ cookie: ada.cookie })).toBe(401)
    const attempt = await post('sign-in/email', { email: ada.email, password: PASSWORD })
    expect(attempt.status).toBe(401)
    expect(await statusWith({ cookie: cookieOf(signedIn) })).toBe(200)
    expect(actions()).toContain('person.email_verified')
  })

  test('makes the mailbox the way to sign in of somebody who was imported', async () => {
    const ada = await server.signUp('Ada')
    addUnclaimed('nova@example.test')
    const signedIn = await get(`magic-link/verify?token=${await magicToken('nova@example.test')}`)
    expect(await statusWith({ cookie: cookieOf(signedIn) })).toBe(200)
    const link = await ada.request('POST', `/api/users/${NOVA}/claim-link`)
    expect(await codeOf(link)).toBe('conflict')
  })
})

describe('whoever asks for a mail', () => {
  const asks = [
    ['request-password-reset', '/reset-password'],
    ['sign-in/magic-link', '/magic-link'],
  ] as const

  test.each(asks)('P7 does not learn by %s whether an address is known', async (path, page) => {
    const [ada, ben] = [await server.signUp('Ada'), await server.signUp('Ben')]
    await ada.request('DELETE', `/api/users/${ben.userId}`)
    addUnclaimed('nova@example.test')
    const answers: string[] = []
    for (const email of ['nobody@example.test', ben.email, ada.email, 'nova@example.test']) {
      const answer = await post(path, { email })
      answers.push(`${answer.status} ${await answer.text()}`)
    }
    expect(new Set(answers).size).toBe(1)
    const known = ['ada@example.test', 'nova@example.test']
    await expect.poll(() => mailedTo(mails, page)).toEqual(known)
  })

  test('is not held up by a mail server that has no time, and gets the mail later', async () => {
    const ada = await server.signUp('Ada')
    await mailedToken(mails, '/verify-email', ada.email)
    mails.refuseWith = 451
    expect((await post('request-password-reset', { email: ada.email })).status).toBe(200)
    await expect.poll(() => mails.refusals).toBe(1)
    expect(mailedTo(mails, '/reset-password')).toEqual([])
    mails.refuseWith = undefined
    // It goes out at the second attempt.
    await expect.poll(() => mailedTo(mails, '/reset-password')).toEqual([ada.email])
  })

  test('P7 can come back by no mail once deactivated', async () => {
    const [ada, ben] = [await server.signUp('Ada'), await server.signUp('Ben')]
    const [reset, magic] = [await resetToken(ben.email), await magicToken(ben.email)]
    await ada.request('DELETE', `/api/users/${ben.userId}`)
    const link = await get(`magic-link/verify?token=${magic}`)
    expect([await codeOf(link), cookieOf(link)]).toEqual(['forbidden', ''])
    await post('reset-password', { token: reset, newPassword: NEW_PASSWORD })
    const signIn = await post('sign-in/email', { email: ben.email, password: NEW_PASSWORD })
    expect(await codeOf(signIn)).toBe('forbidden')
  })
})

test.each([
  ['to one address', { mailsTo: { capacity: 2, perSecond: 0 } }],
  ['from one network', { mailsFrom: { capacity: 2, perSecond: 0 } }],
])('P7 mails %s are limited, known or not', async (_, limits) => {
  const limited = await startTestServer({ environment: { SMTP_URL: mails.url }, limits })
  const statuses: number[] = []
  for (const path of ['request-password-reset', 'sign-in/magic-link', 'sign-in/magic-link']) {
    const answer = await fetch(`${limited.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: limited.url },
      body: JSON.stringify({ email: path === 'sign-in/magic-link' ? 'X@a.test' : 'x@a.test' }),
    })
    statuses.push(answer.status)
  }
  await limited.close()
  expect(statuses).toEqual([200, 200, 429])
})

test('without a mail server, whatever needs one says so', async () => {
  const silent = await startTestServer()
  const ada = await silent.signUp('Ada')
  const email = ada.email
  const answers = [
    await ada.request('POST', '/api/auth/request-password-reset', { email }),
    await ada.request('POST', '/api/auth/reset-password', { token: 'x', newPassword: PASSWORD }),
    await ada.request('POST', '/api/auth/send-verification-email', { email }),
    await ada.request('GET', '/api/auth/verify-email?token=x'),
    await ada.request('POST', '/api/auth/sign-in/magic-link', { email }),
    await ada.request('GET', '/api/auth/magic-link/verify?token=x'),
    await ada.request('POST', '/api/auth/sign-in/social', { provider: 'google' }),
    await ada.request('POST', '/api/auth/link-social', { provider: 'oidc' }),
  ]
  const codes = await Promise.all(answers.map(codeOf))
  await silent.close()
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 501))
  expect(new Set(codes)).toEqual(new Set(['not_configured']))
})
