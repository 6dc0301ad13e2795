import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const DAY_MS = 24 * 3_600_000

let statements: string[]
let server: TestServer
let ada: TestPerson
beforeEach(async () => {
  statements = []
  server = await startTestServer({ onStatement: ({ sql }) => statements.push(sql) })
  ada = await server.signUp('Ada')
})
afterEach(() => server.close())

async function statusWith(headers: Record<string, string>): Promise<number> {
  return (await fetch(`${server.url}/api/users/me`, { headers })).status
}

/** The name of the session's cookie, and what better-auth put into it. */
function readCookie(): { name: string; value: string } {
  const [session = ''] = ada.cookie.split('; ')
  const [name = '', value = ''] = session.split('=')
  return { name, value: decodeURIComponent(value) }
}

test('a session counts only under the signature of the server', async () => {
  await server.signUp('Ben')
  const { name, value } = readCookie()
  const [token = '', signature = ''] = value.split('.')
  const [others] = server.sqlite
    .prepare<[string], { token: string }>('SELECT token FROM sessions WHERE token <> ?')
    .all(token)
  const forged = [
    ...[token, `${token}.`, `${token}.${signature.slice(0, -1)}`, `${token}. ${signature}`],
    ...[`${others?.token}.${signature}`, `x${value}`, `${token}.${btoa('x'.repeat(32))}`],
    `.${signature}`,
  ]
  for (const each of forged) {
    expect(await statusWith({ cookie: `${name}=${encodeURIComponent(each)}` })).toBe(401)
  }
  expect(await statusWith({ cookie: `other=1; ${name}="${encodeURIComponent(value)}"` })).toBe(200)
})

test('P7 a session that has run out lets nobody in, and is removed', async () => {
  const end = server.sqlite.prepare('UPDATE sessions SET expires_at = ?')
  end.run(Date.now() + 20 * DAY_MS)
  expect(await statusWith({ cookie: ada.cookie })).toBe(200)
  end.run(Date.now() - 1)
  expect(await statusWith({ cookie: ada.cookie })).toBe(401)
  expect(server.sqlite.prepare('SELECT * FROM sessions').all()).toEqual([])
  const ended = server.sqlite.prepare("SELECT 1 FROM audit_logs WHERE action = 'session.expired'")
  expect(ended.all()).toHaveLength(1)
})

test('P7 a role counts from the next request on', async () => {
  const list = async (): Promise<number> => (await ada.request('GET', '/api/audit-logs')).status
  expect(await list()).toBe(200)
  server.sqlite.prepare("UPDATE users SET role = 'MEMBER'").run()
  expect(await list()).toBe(403)
})

test('who asks, and what they may read, takes two statements beside those of the page', async () => {
  const channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  const path = `/api/channels/${channel.id}/messages`
  /** The fewest of some requests: what the server does beside them runs other statements now and then. */
  const count = async (headers: Record<string, string>): Promise<number> => {
    const counts: number[] = []
    for (let request = 0; request < 5; request += 1) {
      statements = []
      expect((await fetch(`${server.url}${path}`, { headers })).status).toBe(200)
      counts.push(statements.length)
    }
    return Math.min(...counts)
  }
  // The messages, their reactions, their threads.
  const ofPage = 3
  expect(await count({ cookie: ada.cookie })).toBe(ofPage + 2)
  const made = await ada.request('POST', '/api/tokens', { name: 'bot' })
  const { token } = createTokenResponseSchema.parse(await made.json())
  expect(await count({ authorization: `Bearer ${token}` })).toBe(ofPage + 2)
})
