import { buffer } from 'node:stream/consumers'
import { get, type IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listMessagesResponseSchema, messageSchema } from '../../shared/api/messages.ts'
import { answer } from '../testing/notified-people.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

const LONG = 'It rained all day. '.repeat(200)

let server: TestServer
let ada: TestPerson
let path: string
let messageId: string

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  path = `/api/channels/${channel.id}/messages`
  const sent = await answer(ada, 'POST', path, { content: LONG })
  messageId = messageSchema.parse(sent).id
})
afterAll(() => server.close())

/** The answer as it comes over the wire. */
function read(
  from: string,
  acceptEncoding?: string,
): Promise<{ body: Buffer; headers: IncomingHttpHeaders }> {
  const headers = {
    cookie: ada.cookie,
    ...(acceptEncoding !== undefined && { 'accept-encoding': acceptEncoding }),
  }
  return new Promise((resolve, reject) => {
    get(`${server.url}${from}`, { headers }, (response) => {
      buffer(response).then((body) => resolve({ body, headers: response.headers }), reject)
    }).on('error', reject)
  })
}

test('a long answer is compressed for those who accept it, and says the same', async () => {
  const plain = await read(path)
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(listMessagesResponseSchema.parse(JSON.parse(plain.body.toString())).messages).toHaveLength(
    1,
  )
  for (const accepted of ['gzip', 'br, gzip;q=0.5', 'deflate, GZIP', '*']) {
    const { body, headers } = await read(path, accepted)
    expect(headers['content-encoding']).toBe('gzip')
    expect(Number(headers['content-length'])).toBe(body.byteLength)
    expect(body.byteLength).toBeLessThan(plain.body.byteLength / 4)
    expect(gunzipSync(body)).toEqual(plain.body)
  }
  for (const accepted of ['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0, *']) {
    expect(await read(path, accepted)).toMatchObject({ body: plain.body })
  }
})

test('a compressed answer keeps its headers, each once', async () => {
  const [plain, compressed] = [await read(path), await read(path, 'gzip')]
  const namesOf = ({ headers }: { headers: IncomingHttpHeaders }): string[] =>
    Object.keys(headers).filter((name) => name !== 'content-encoding')
  expect(namesOf(compressed).toSorted()).toEqual(namesOf(plain).toSorted())
  for (const { headers } of [plain, compressed]) {
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'private, no-store',
      'x-frame-options': 'DENY',
      vary: 'Accept-Encoding',
    })
  }
})

test('the tag of a compressed answer is a weak one', async () => {
  expect((await read(`${path}/${messageId}`)).headers.etag).toBe('"1"')
  expect((await read(`${path}/${messageId}`, 'gzip')).headers.etag).toBe('W/"1"')
})

test('a short answer, and one that is no JSON, stays as it is', async () => {
  const short = await read('/api/notifications', 'gzip')
  expect(JSON.parse(short.body.toString())).toMatchObject({ notifications: [] })
  const missing = await read('/api/channels/nowhere', 'gzip')
  expect(JSON.parse(missing.body.toString())).toMatchObject({ code: 'invalid_request' })
})

test('all that is kept about a person is compressed as it is read', async () => {
  const { body, headers } = await read(`/api/users/${ada.userId}/export`, 'gzip')
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' })
  expect(gunzipSync(body).toString()).toContain('It rained all day.')
})
