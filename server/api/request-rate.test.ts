import { expect, test } from 'vitest'
import { problemSchema } from '../../shared/api/problem.ts'
import { startTestServer } from '../testing/running-server.ts'

/** What one person may ask for at once. */
const BURST = 600

test('who asks too much at once has to wait, keeps nobody else waiting, and may go on', async () => {
  let time = Date.now()
  const server = await startTestServer({ now: () => time })
  try {
    const ada = await server.signUp('Ada')
    const ben = await server.signUp('Ben')
    const ask = (): Promise<Response> => ada.request('GET', '/api/users/me')
    const answers = await Promise.all(Array.from({ length: BURST + 1 }, ask))
    const refused = answers.filter(({ ok }) => !ok)
    expect(refused).toHaveLength(1)
    expect(refused[0]?.headers.get('retry-after')).toBe('1')
    expect(problemSchema.parse(await refused[0]?.json())).toMatchObject({
      status: 429,
      code: 'rate_limited',
    })
    expect((await ben.request('GET', '/api/users/me')).status).toBe(200)
    time += 1_000
    expect((await ask()).status).toBe(200)
  } finally {
    await server.close()
  }
})

test.each([
  ['attempts to sign in', { signIns: { capacity: 1, perSecond: 1 / 90 } }, 'sign-in/email'],
  ['mails', { mailsTo: { capacity: 1, perSecond: 1 / 90 } }, 'sign-in/magic-link'],
])(
  'who is over the limit of %s is told when to come back, and may then',
  async (_, limits, path) => {
    let time = Date.now()
    const environment = { SMTP_URL: 'smtp://127.0.0.1:9' }
    const server = await startTestServer({ now: () => time, environment, limits })
    const ask = async (): Promise<[number, string | null]> => {
      const { status, headers } = await fetch(`${server.url}/api/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        body: JSON.stringify({ email: 'ada@example.test', password: 'a wrong password' }),
      })
      return [status === 429 ? 429 : 0, headers.get('retry-after')]
    }
    try {
      expect(await ask()).toEqual([0, null])
      expect(await ask()).toEqual([429, '90'])
      time += 30_500
      expect(await ask()).toEqual([429, '60'])
      time += 60_000
      expect(await ask()).toEqual([0, null])
    } finally {
      await server.close()
    }
  },
)
