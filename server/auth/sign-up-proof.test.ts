import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { mailedToken } from '../testing/mailed-links.ts'
import { problemOf } from '../testing/problem-code.ts'
import { createVisitor, type Visitor } from '../testing/provider.ts'
import { PASSWORD, startTestServer, type TestServer } from '../testing/running-server.ts'

const PUBLIC_URL = 'http://chat.test'
const ADDRESS = 'grace@example.test'
const OTHER_PASSWORD = 'a password of somebody else'

let mails: MailServer
let server: TestServer
let grace: Visitor

beforeEach(async () => {
  mails = await startMailServer()
  server = await startTestServer({
    environment: { PUBLIC_URL, SMTP_URL: mails.url, REQUIRE_VERIFIED_EMAIL: 'true' },
  })
  grace = createVisitor(PUBLIC_URL, server.url)
})
afterEach(async () => {
  await server.close()
  await mails.close()
})

const visit = (): Visitor => createVisitor(PUBLIC_URL, server.url)

function post(who: Visitor, path: string, json: unknown): Promise<Response> {
  return who.request(`/api/auth/${path}`, { method: 'POST', json })
}

function signUp(who: Visitor, password = PASSWORD): Promise<Response> {
  return post(who, 'sign-up/email', { name: 'Grace', email: ADDRESS, password })
}

async function prove(who: Visitor): Promise<Response> {
  const token = await mailedToken(mails, '/verify-email', ADDRESS)
  return who.request(`/api/auth/verify-email?token=${token}`)
}

const signIn = (who: Visitor, password = PASSWORD): Promise<Response> =>
  post(who, 'sign-in/email', { email: ADDRESS, password })

async function isIn(who: Visitor): Promise<boolean> {
  return (await who.request('/api/users/me')).ok
}

/** How many mails came of which it is said that somebody has tried to sign up. */
function warnings(): number {
  return mails.received.filter(({ source }) => source.includes('You have an account already'))
    .length
}

describe('where addresses are proven first, somebody', () => {
  test('comes in by the mailed link in the browser in which they signed up, and not before', async () => {
    expect((await signUp(grace)).status).toBe(202)
    const proven = await prove(grace)
    expect([proven.status, await isIn(grace)]).toEqual([200, true])
    expect((await signIn(visit())).status).toBe(200)
  })

  test('is not let in by the password before', async () => {
    await signUp(grace)
    await mailedToken(mails, '/verify-email', ADDRESS)
    const refused = await signIn(grace)
    expect(await problemOf(refused)).toBe('403 forbidden')
    expect(await isIn(grace)).toBe(false)
    // Who does not know the password does not learn that there is such an account.
    expect((await signIn(visit(), OTHER_PASSWORD)).status).toBe(401)
  })

  test('P7 proves in no other browser what another may have signed up', async () => {
    const mallory = visit()
    await signUp(mallory, OTHER_PASSWORD)
    await mailedToken(mails, '/verify-email', ADDRESS)
    expect(await problemOf(await prove(visit()))).toBe('401 unauthenticated')
    // Nor in one in which they signed up too, though the account was there.
    await signUp(grace)
    await expect.poll(warnings).toBe(1)
    expect(await problemOf(await prove(grace))).toBe('401 unauthenticated')
    expect((await signIn(mallory, OTHER_PASSWORD)).status).toBe(403)
    // By a mailed link to sign in the account is theirs, and nobody else's.
    await post(grace, 'sign-in/magic-link', { email: ADDRESS })
    const token = await mailedToken(mails, '/magic-link', ADDRESS)
    await grace.request(`/api/auth/magic-link/verify?token=${token}`)
    expect(await isIn(grace)).toBe(true)
    expect((await signIn(mallory, OTHER_PASSWORD)).status).toBe(401)
  })

  test('P7 does not learn by signing up whether an address is known, but its owner does', async () => {
    const answers: string[] = []
    const ask = async (): Promise<void> => {
      const { status, headers } = await signUp(visit())
      const names = headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]+/, ''))
      answers.push(JSON.stringify([status, names]))
    }
    await ask()
    await mailedToken(mails, '/verify-email', ADDRESS)
    await ask()
    await expect.poll(warnings).toBe(1)
    server.sqlite.prepare('UPDATE users SET deactivated_at = 1').run()
    await ask()
    server.sqlite.pragma('query_only = ON')
    await ask()
    server.sqlite.pragma('query_only = OFF')
    expect(new Set(answers).size).toBe(1)
    expect(warnings()).toBe(1)
  })

  test('is told at once what is wrong with the form', async () => {
    expect(await problemOf(await signUp(grace, 'short'))).toBe('400 invalid_request')
  })

  test('proves nothing by a browser that says which one it is', async () => {
    const headers = { 'content-type': 'application/json', 'x-sign-up-device': 'mine' }
    const body = JSON.stringify({ name: 'Grace', email: ADDRESS, password: PASSWORD })
    const path = `${server.url}/api/auth/sign-up/email`
    await fetch(path, { method: 'POST', headers, body })
    const token = await mailedToken(mails, '/verify-email', ADDRESS)
    const verify = `${server.url}/api/auth/verify-email?token=${token}`
    for (const cookie of ['', 'connectnow.signup_x=mine.mine']) {
      expect((await fetch(verify, { headers: { ...headers, cookie } })).status).toBe(401)
    }
  })
})

test('elsewhere, whoever has an address hears nothing, and who signs up is in at once', async () => {
  const open = await startTestServer({ environment: { SMTP_URL: mails.url } })
  const ada = await open.signUp('Ada')
  expect((await ada.request('GET', '/api/users/me')).status).toBe(200)
  const form = { name: 'Ada', email: ada.email, password: PASSWORD }
  expect((await ada.request('POST', '/api/auth/sign-up/email', form)).status).toBe(409)
  await open.close()
  expect(warnings()).toBe(0)
})
