import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSecret } from '../../config/secret.ts'
import { createMetrics } from '../../observability/metrics.ts'
import { rootMap } from '../../../shared/document/layout.ts'
import { formatConversationName } from '../../../shared/document/names.ts'
import { createIdSequence, message } from '../../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { openPlainClient } from '../../testing/plain-client.ts'
import { connect } from '../../testing/sync-client.ts'
import type { ApiApp } from '../api-context.ts'
import { toProblemResponse } from '../error-response.ts'
import { CLIENT_ADDRESS_HEADER } from '../client-address.ts'
import { createMetricsRoutes } from './metrics.ts'

let server: TestServer
let ada: TestPerson
const nextId = createIdSequence()
const onUnexpected = (error: unknown): void => expect.fail(String(error))

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
})
afterAll(() => server.close())

/** The value of each series, by name and labels. */
async function readSeries(): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/plain')
  const lines = (await response.text()).split('\n').filter((line) => /^[a-z]/.test(line))
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  )
}

/** With the errors that the whole API answers. */
function answering(app: ApiApp): ApiApp {
  app.onError((error, context) => toProblemResponse(context, error, { onUnexpected }))
  return app
}

test('what people do is counted', async () => {
  const channel = await server.createChannel(ada, { name: 'C', slug: 'counted' })
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const [browser, bot] = [connect(server, ada), openPlainClient(server, name, ada)]
  const opened = browser.open(name)
  await Promise.all([opened.synced, bot.synced])
  const before = await readSeries()
  expect(before.get('connectnow_sockets{protocol="sync"}')).toBe(1)
  expect(before.get('connectnow_sockets{protocol="yjs"}')).toBe(1)
  expect(before.get('connectnow_open_documents')).toBe(1)

  const record = message(ada.userId, { createdAt: Date.now() })
  rootMap(opened.document, 'messages').set(nextId(), record)
  await opened.durable()
  await ada.request('GET', `/api/channels/${channel.id}`)
  await ada.request('GET', `/api/channels/${channel.id}/no-such-thing`)
  rootMap(bot.document, 'messages').set(nextId(), { nonsense: true })
  await bot.closed
  const after = await readSeries()
  const grown = (series: string): number => (after.get(series) ?? 0) - (before.get(series) ?? 0)
  expect(grown('connectnow_commit_updates_sum')).toBe(1)
  expect(grown('connectnow_commit_seconds_count')).toBeGreaterThanOrEqual(1)
  expect(grown('connectnow_refusals_total{code="invalid_record"}')).toBe(1)
  const route = 'method="GET",route="/api/channels/:id",status="200"'
  expect(grown(`connectnow_http_request_seconds_count{${route}}`)).toBe(1)
  expect([...after.keys()].join('\n')).not.toContain(channel.id)
  expect(after.get('connectnow_projection_stalled')).toBe(0)
  await expect.poll(async () => (await readSeries()).get('connectnow_projection_waiting')).toBe(0)
  expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(0)
  bot.provider.destroy()
  browser.close()
})

test('without a token, programs on this machine alone may read it, and no proxy for others', async () => {
  const direct = await fetch(`${server.url}/metrics`)
  expect(direct.status).toBe(200)
  for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
    const proxied = await fetch(`${server.url}/metrics`, { headers: { [header]: '203.0.113.7' } })
    expect(proxied.status).toBe(404)
  }
  const app = answering(createMetricsRoutes({ metrics: createMetrics(), metricsToken: undefined }))
  const from = async (address: string): Promise<number> =>
    (await app.request('/metrics', { headers: { [CLIENT_ADDRESS_HEADER]: address } })).status
  expect(await from('::1')).toBe(200)
  expect(await from('::ffff:127.0.0.1')).toBe(200)
  expect(await from('192.168.1.7')).toBe(404)
})

test('with a token, whoever brings it may read it, and nobody else', async () => {
  const metricsToken = createSecret('a-token-for-prometheus')
  const app = answering(createMetricsRoutes({ metrics: createMetrics(), metricsToken }))
  const read = async (authorization?: string): Promise<number> => {
    const headers = {
      [CLIENT_ADDRESS_HEADER]: '127.0.0.1',
      ...(authorization && { authorization }),
    }
    return (await app.request('/metrics', { headers })).status
  }
  expect(await read('Bearer a-token-for-prometheus')).toBe(200)
  expect(await read('Bearer a-token-for-prometheuz')).toBe(401)
  expect(await read()).toBe(401)
})
