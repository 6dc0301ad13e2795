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
    expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/)
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
