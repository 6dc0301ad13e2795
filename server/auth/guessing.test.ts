import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { mailedToken } from '../testing/mailed-links.ts'
import {
  PASSWORD,
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../testing/running-server.ts'

const GUESSES = 4
const WAIT_SECONDS = 60

let mails: MailServer
let server: TestServer
let ada: TestPerson
let time = 0
let networks = 0

beforeEach(async () => {
  time = Date.now()
  mails = await startMailServer()
  server = await startTestServer({
    environment: { TRUST_PROXY: 'true', SMTP_URL: mails.url },
    limits: { guesses: { capacity: GUESSES, perSecond: 1 / WAIT_SECONDS } },
    now: () => time,
  })
  ada = await server.signUp('Ada')
})
afterEach(async () => {
  await server.close()
  await mails.close()
})

interface Attempt {
  email?: string
  password?: string
  /** Undefined: one from which nobody has ever come. */
  network?: string
  cookie?: string
}

function nextNetwork(): string {
  networks += 1
  return `10.7.${Math.floor(networks / 250)}.${networks % 250}`
}

function attempt({ network, cookie = '', ...form }: Attempt = {}): Promise<Response> {
  return fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', origin: server.url, cookie },
      'x-forwarded-for': network ?? nextNetwork(),
    },
    body: JSON.stringify({ email: ada.email, password: 'a wrong password', ...form }),
  })
}

async function guess(times: number, options: Attempt = {}): Promise<number[]> {
  const statuses: number[] = []
  for (let count = 0; count < times; count += 1) statuses.push((await attempt(options)).status)
  return statuses
}

const wrong = Array.from({ length: GUESSES }, () => 401)

function deviceCookieOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0] ?? '')
  return cookies.find((each) => each.includes('.device_')) ?? ''
}

describe('P7 guessing a password', () => {
  test('is limited for each account from however many networks, under whichever spelling', async () => {
    const { email } = await server.signUp('Ben')
    expect(await guess(GUESSES - 1)).toEqual(wrong.slice(1))
    expect(await guess(2, { email: 'ADA@example.test' })).toEqual([401, 429])
    const late = await attempt({ password: PASSWORD })
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, `${WAIT_SECONDS}`])
    expect((await attempt({ email, password: PASSWORD })).status).toBe(200)
    time += WAIT_SECONDS * 1_000
    expect((await attempt({ password: PASSWORD })).status).toBe(200)
  })

  test('does not tell whether there is such an account', async () => {
    expect(await guess(GUESSES + 1, { email: 'nobody@example.test' })).toEqual([...wrong, 429])
  })

  test('is limited though all guesses come at once', async () => {
    const answers = await Promise.all(Array.from({ length: GUESSES * 3 }, () => attempt()))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(GUESSES)
  })

  test('keeps nobody out of a browser that they came in by before, even when signed out', async () => {
    const network = nextNetwork()
    const cookie = deviceCookieOf(await attempt({ password: PASSWORD, network }))
    expect(cookie).not.toContain('ada')
    await ada.request('POST', '/api/auth/revoke-other-sessions', {})
    await guess(GUESSES + 1)
    expect((await attempt({ password: PASSWORD })).status).toBe(429)
    expect((await attempt({ password: PASSWORD, cookie })).status).toBe(200)
    // But who took that browser guesses no further than everybody else.
    expect(await guess(GUESSES + 1, { cookie })).toEqual([...wrong, 429])
  })

  test('keeps nobody out of a network where they are signed in', async () => {
    const network = nextNetwork()
    await attempt({ password: PASSWORD, network })
    await guess(GUESSES + 1)
    expect((await attempt({ password: PASSWORD, network })).status).toBe(200)
    expect(await guess(GUESSES + 1, { network })).toEqual([...wrong, 429])
  })

  test("is helped neither by another's browser nor by a cookie that somebody made up", async () => {
    const ben = await server.signUp('Ben')
    const cookie = deviceCookieOf(await attempt({ email: ben.email, password: PASSWORD }))
    const own = deviceCookieOf(await attempt({ password: PASSWORD }))
    const [name = '', value = ''] = own.split('=')
    const [device, signature] = value.split('.')
    const forged = [
      `${name}=${cookie.split('=')[1]}`,
      `${name}=other.${signature}`,
      `${name}=${device}.`,
      `${name}=`,
    ]
    await guess(GUESSES)
    for (const each of forged) expect(await guess(1, { cookie: each })).toEqual([429])
  })

  test('is not what somebody does who knows it', async () => {
    const statuses = await guess(GUESSES * 3, { password: PASSWORD })
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  test('counts no more once there is a new one, chosen by a mailed link', async () => {
    await guess(GUESSES)
    const newPassword = 'another long password'
    const json = { email: ada.email }
    await ada.request('POST', '/api/auth/request-password-reset', json)
    const token = await mailedToken(mails, '/reset-password', ada.email)
    await ada.request('POST', '/api/auth/reset-password', { token, newPassword })
    expect((await attempt({ password: newPassword })).status).toBe(200)
  })

  test('is limited for who holds a session of somebody else, too', async () => {
    const change = async (currentPassword: string): Promise<number> => {
      const body = { currentPassword, newPassword: 'another long password' }
      return (await ada.request('POST', '/api/auth/change-password', body)).status
    }
    for (let count = 0; count < GUESSES; count += 1) expect(await change('a guess')).toBe(400)
    expect(await change(PASSWORD)).toBe(429)
    time += WAIT_SECONDS * 1_000
    expect(await change(PASSWORD)).toBe(200)
  })

  test('takes the form that is described, and no other that is counted otherwise', async () => {
    const body = new URLSearchParams({ email: ada.email, password: PASSWORD })
    const headers = { origin: server.url }
    const path = `${server.url}/api/auth/sign-in/email`
    expect((await fetch(path, { method: 'POST', headers, body })).status).toBe(400)
  })
})
