import { afterEach, beforeEach, expect, test } from 'vitest'
import { problemSchema } from '../../shared/api/problem.ts'
import { providerResponseSchema } from '../../shared/api/sign-in-ways.ts'
import {
  CLIENT,
  createVisitor,
  startProvider,
  type TestProvider,
  type Visitor,
} from '../testing/provider.ts'
import { PASSWORD, startTestServer, type TestServer } from '../testing/running-server.ts'

const PUBLIC_URL = 'http://chat.test'

let provider: TestProvider
let server: TestServer
let visitor: Visitor

beforeEach(async () => {
  provider = await startProvider(PUBLIC_URL)
  provider.accounts.set('grace', {
    ...{ sub: 'grace', email: 'grace@example.test', email_verified: true },
  })
})
afterEach(async () => {
  await server.close()
  await provider.close()
})

async function start(discoveryMs?: number): Promise<void> {
  server = await startTestServer({
    environment: {
      PUBLIC_URL,
      ...{ OIDC_ISSUER: provider.issuer, OIDC_NAME: 'Example Login' },
      ...{ OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
    },
    ...(discoveryMs !== undefined && { limits: { discoveryMs } }),
  })
  visitor = createVisitor(PUBLIC_URL, server.url)
}

function begin(): Promise<Response> {
  const json = { provider: 'oidc', callbackURL: '/inside', errorCallbackURL: '/outside' }
  return visitor.request('/api/auth/sign-in/social', { method: 'POST', json })
}

test('nobody who comes by a password waits for a provider that never answers', async () => {
  provider.isSilent = true
  await start()
  const waiting = begin()
  await expect.poll(() => provider.unanswered).toBe(1)
  const { email } = await server.signUp('Ada')
  const json = { email, password: PASSWORD }
  const signedIn = await visitor.request('/api/auth/sign-in/email', { method: 'POST', json })
  expect(signedIn.status).toBe(200)
  expect((await visitor.request('/api/users/me')).status).toBe(200)
  // Only now is it found out whether the other one would have waited for ever.
  await provider.close()
  expect((await waiting).status).toBe(503)
})

test('who wants to come by it is told after a while, and comes in once it is back', async () => {
  provider.isSilent = true
  await start(300)
  const answers = await Promise.all([begin(), begin()])
  expect(provider.unanswered).toBe(1)
  for (const answer of answers) {
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(problemSchema.parse(await answer.json())).toMatchObject({
      ...{ code: 'try_again', detail: 'The provider does not answer' },
    })
  }
  provider.isSilent = false
  let begun = new Response()
  // One attempt is bounded too closely here for a machine that has much else to do.
  await expect.poll(async () => (begun = await begin()).status).toBe(200)
  const { url } = providerResponseSchema.parse(await begun.json())
  expect((await visitor.walk(url, { sub: 'grace' })).pathname).toBe('/inside')
  expect((await visitor.request('/api/users/me')).status).toBe(200)
})

test('who comes back from a provider after a restart is let in, though nobody has asked it yet', async () => {
  await start()
  const { url } = providerResponseSchema.parse(await (await begin()).json())
  await server.restart()
  visitor.moveTo(server.url)
  expect((await visitor.walk(url, { sub: 'grace' })).pathname).toBe('/inside')
})
