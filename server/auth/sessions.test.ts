import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sessionSchema } from '../../shared/api/auth.ts'
import { createTokenResponseSchema, listTokensResponseSchema } from '../../shared/api/tokens.ts'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { mailedToken } from '../testing/mailed-links.ts'
import {
  PASSWORD,
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../testing/running-server.ts'
import { connect, type SyncClient } from '../testing/sync-client.ts'
import { withinASecond } from '../testing/within-a-second.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0'
const MINUTE_MS = 60_000
/** Above what better-auth finds at once by itself. */
const MANY = 130

let mails: MailServer
let server: TestServer
let ada: TestPerson
let time = 0
const clients: SyncClient[] = []

beforeEach(async () => {
  time = Date.now()
  mails = await startMailServer()
  server = await startTestServer({
    environment: { TRUST_PROXY: 'true', SMTP_URL: mails.url },
    now: () => time,
  })
  ada = await server.signUp('Ada')
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.close()
  await mails.close()
})

async function signIn({ email }: TestPerson, userAgent = 'node'): Promise<string> {
  const response = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', origin: server.url },
      ...{ 'user-agent': userAgent, 'x-forwarded-for': '203.0.113.7' },
    },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  expect(response.status).toBe(200)
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function list(): Promise<z.infer<typeof sessionSchema>[]> {
  const response = await ada.request('GET', '/api/auth/list-sessions')
  return z.array(sessionSchema).parse(await response.json())
}

async function statusWith(cookie: string): Promise<number> {
  return (await fetch(`${server.url}/api/users/me`, { headers: { cookie } })).status
}

/** Opens the person's own document with this cookie. */
async function open(cookie: string) {
  const client = connect(server, { ...ada, cookie })
  clients.push(client)
  const opened = client.open(formatUserDocumentName(ada.userId))
  await opened.synced
  return opened
}

/** So many more sessions of the same person, all after those that there are. */
function addSessions(count: number): void {
  const insert = server.sqlite.prepare(
    `INSERT INTO sessions (id, user_id, token, expires_at, created_at, updated_at)
     VALUES (?, ?, ?, ?, 1, 1)`,
  )
  for (let index = 0; index < count; index += 1) {
    insert.run(`a${index}`, ada.userId, `token ${index}`, time + MINUTE_MS * 60)
  }
}

const countSessions = (): unknown =>
  server.sqlite.prepare('SELECT count(*) FROM sessions').pluck().get()

describe("one's sessions", () => {
  test('are listed with browser, address and last use, and the one that asks is marked', async () => {
    const cookie = await signIn(ada, FIREFOX)
    const [own, other] = await list()
    expect(own).toMatchObject({ isCurrent: true, device: 'node' })
    expect(other).toMatchObject({
      ...{ isCurrent: false, device: 'Firefox on Windows', userAgent: FIREFOX },
      ipAddress: '203.0.113.7',
    })
    const begun = Date.parse(other?.lastUsedAt ?? '')
    time = begun + MINUTE_MS / 2
    await statusWith(cookie)
    expect((await list())[1]?.lastUsedAt).toBe(other?.lastUsedAt)
    time = begun + 5 * MINUTE_MS
    await statusWith(cookie)
    expect((await list())[1]?.lastUsedAt).toBe(new Date(time).toISOString())
    expect((await list())[1]?.createdAt).toBe(other?.createdAt)
  })

  test("are nobody else's to list or to revoke", async () => {
    const [own] = await list()
    const eve = await server.signUp('Eve')
    const theirs = await eve.request('GET', '/api/auth/list-sessions')
    expect(z.array(sessionSchema).parse(await theirs.json())).toHaveLength(1)
    await eve.request('POST', '/api/auth/revoke-session', { token: own?.token })
    expect(await statusWith(ada.cookie)).toBe(200)
  })

  test('P7 end one by one, and their open connections at once', async () => {
    const cookie = await signIn(ada)
    const [kept, ended] = [await open(ada.cookie), await open(cookie)]
    const other = (await list()).find(({ isCurrent }) => !isCurrent)
    const refused = withinASecond(ended.refused)
    await ada.request('POST', '/api/auth/revoke-session', { token: other?.token })
    expect(await refused).toEqual({ code: 'session_ended' })
    expect([await statusWith(cookie), await statusWith(ada.cookie)]).toEqual([401, 200])
    kept.provider.destroy()
    await (
      await open(ada.cookie)
    ).synced
  })

  test('P7 all end but the one that asks, however many there are', async () => {
    addSessions(MANY)
    const last = await signIn(ada)
    const ended = await open(last)
    expect(await list()).toHaveLength(MANY + 2)
    const refused = withinASecond(ended.refused)
    await ada.request('POST', '/api/auth/revoke-other-sessions', {})
    expect(await refused).toEqual({ code: 'session_ended' })
    expect([countSessions(), await statusWith(ada.cookie)]).toEqual([1, 200])
  })

  test('P7 all end with a new password by a mailed link, and all connections, however many', async () => {
    server.sqlite.prepare('UPDATE users SET email_verified = 1').run()
    addSessions(MANY)
    const opened = await Promise.all([open(ada.cookie), open(await signIn(ada))])
    await ada.request('POST', '/api/auth/request-password-reset', { email: ada.email })
    const token = await mailedToken(mails, '/reset-password', ada.email)
    const ended = withinASecond(Promise.all(opened.map(({ refused }) => refused)))
    const newPassword = 'another long password'
    await ada.request('POST', '/api/auth/reset-password', { token, newPassword })
    expect(await ended).toEqual([{ code: 'session_ended' }, { code: 'session_ended' }])
    expect(countSessions()).toBe(0)
  })

  test('P7 all others end with a changed password, when that is wanted', async () => {
    const other = await signIn(ada)
    const ended = await open(other)
    const refused = withinASecond(ended.refused)
    const changed = await ada.request('POST', '/api/auth/change-password', {
      ...{ currentPassword: PASSWORD, newPassword: 'another long password' },
      revokeOtherSessions: true,
    })
    expect(await refused).toEqual({ code: 'session_ended' })
    const cookie = changed.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect([await statusWith(other), await statusWith(cookie)]).toEqual([401, 200])
  })
})

describe('a personal access token', () => {
  async function makeToken(expiresAt?: number) {
    const made = await ada.request('POST', '/api/tokens', { name: 'bot', expiresAt })
    return createTokenResponseSchema.parse(await made.json())
  }

  const statusOf = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${server.url}/api/users/me`, { headers })).status
  }

  async function listed() {
    const answer = await ada.request('GET', '/api/tokens')
    return listTokensResponseSchema.parse(await answer.json()).tokens
  }

  test('is shown once, kept as a hash alone, and listed with its end and its last use', async () => {
    const expiresAt = time + 10 * MINUTE_MS
    const { token, ...rest } = await makeToken(expiresAt)
    expect(rest).toMatchObject({ name: 'bot', createdAt: time, lastUsedAt: null, expiresAt })
    expect(await listed()).toEqual([rest])
    const kept = server.sqlite.prepare('SELECT * FROM personal_access_tokens').all()
    expect(JSON.stringify(kept)).not.toContain(token.slice('cnp_'.length))
    time += MINUTE_MS
    expect(await statusOf(token)).toBe(200)
    expect(await listed()).toEqual([{ ...rest, lastUsedAt: time }])
  })

  test('P7 ends when it was to end, and so do its open connections', async () => {
    const expiresAt = time + 10 * MINUTE_MS
    const { token } = await makeToken(expiresAt)
    const client = connect(server, ada, { token })
    clients.push(client)
    const opened = client.open(formatUserDocumentName(ada.userId))
    await opened.synced
    const refused = withinASecond(opened.refused)
    time = expiresAt
    expect(await refused).toEqual({ code: 'session_ended' })
    expect(await statusOf(token)).toBe(401)
    expect((await ada.request('POST', '/api/tokens', { name: 'late', expiresAt })).status).toBe(400)
  })

  test('P7 makes no others, and neither lists nor ends sessions', async () => {
    const { token } = await makeToken()
    const headers = {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    }
    const body = JSON.stringify({ name: 'other' })
    const made = await fetch(`${server.url}/api/tokens`, { method: 'POST', headers, body })
    expect(made.status).toBe(403)
    const sessions = await fetch(`${server.url}/api/auth/list-sessions`, { headers })
    expect(sessions.status).toBe(401)
    const ended = `${server.url}/api/auth/revoke-other-sessions`
    expect((await fetch(ended, { method: 'POST', headers, body: '{}' })).status).toBe(401)
  })
})
