import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson

beforeAll(async () => {
  server = await startTestServer({
    limits: { connectionsPerAddress: 6, connectionsPerPerson: 2, documentsPerSocket: 2 },
  })
  ada = await server.signUp('Ada')
})
afterAll(() => server.close())

const syncUrl = (): string => `${server.url.replace('http', 'ws')}/sync`

/** The HTTP status with which an upgrade is answered; 101 when it is let in. */
async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, { headers })
  return new Promise((resolve) => {
    socket.on('error', () => undefined)
    socket.once('unexpected-response', (request, response) => {
      request.destroy()
      resolve(response.statusCode ?? 0)
    })
    socket.once('open', () => {
      socket.once('close', () => resolve(101))
      socket.close()
    })
  })
}

/** Sends bytes as they are and answers the first line that comes back. */
async function rawRequest(text: string): Promise<string> {
  const socket = connectTcp(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  let answer = ''
  socket.on('data', (data) => (answer += data.toString('latin1')))
  const closed = once(socket, 'close')
  socket.end(text)
  await closed
  return answer.split('\r\n')[0] ?? ''
}

test('P2 a foreign page cannot open a socket with its visitor’s cookie', async () => {
  const { cookie } = ada
  expect(await statusOf(syncUrl(), { cookie, origin: 'https://evil.test' })).toBe(403)
  expect(await statusOf(syncUrl(), { cookie, origin: 'null' })).toBe(403)
  expect(await statusOf(syncUrl(), { cookie, origin: server.url })).toBe(101)
})

test('P2 a cookie without an origin opens no document; a token does', async () => {
  const frames: Buffer[] = []
  const socket = new WebSocket(syncUrl(), { headers: { cookie: ada.cookie } })
  socket.on('message', (data: Buffer) => frames.push(data))
  await once(socket, 'open')
  const name = formatUserDocumentName(ada.userId)
  socket.send(Buffer.from([name.length, ...Buffer.from(name), 2, 0, 0]))
  await expect.poll(() => frames.map(String).join()).toContain('{"code":"unauthenticated"}')
  socket.terminate()
})

test('P2 malformed upgrades are refused and end nothing', async () => {
  const head = 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
  const upgrades = [
    `GET /sync HTTP/1.1\r\n${head}\r\n`,
    `GET /sync HTTP/1.1\r\n${head}Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    `GET /sync HTTP/1.1\r\n${head}Sec-WebSocket-Version: 99\r\n\r\n`,
    `POST /sync HTTP/1.1\r\n${head}\r\n`,
    `GET /sync HTTP/1.1\r\n${head}Origin: ://\r\n\r\n`,
    `GET //sync?%ff HTTP/1.1\r\n${head}\r\n`,
    `GET /elsewhere HTTP/1.1\r\n${head}\r\n`,
  ]
  for (const each of upgrades) expect(await rawRequest(each)).toMatch(/^HTTP\/1\.1 4\d\d /)
  expect((await ada.request('GET', '/api/health')).status).toBe(200)
})

test('P2 text frames and frames without a document’s name end their socket alone', async () => {
  for (const frame of ['text', Buffer.from([0xff, 0xff]), Buffer.alloc(0)]) {
    const socket = new WebSocket(syncUrl(), { headers: { origin: server.url } })
    await once(socket, 'open')
    socket.send(frame)
    const [code] = await once(socket, 'close')
    expect([1003, 1008]).toContain(code)
  }
  expect((await ada.request('GET', '/api/health')).status).toBe(200)
})

test('a person has a limited number of sockets, and each socket of documents', async () => {
  const own = formatUserDocumentName(ada.userId)
  const clients = [connect(server, ada), connect(server, ada), connect(server, ada)]
  const [first, second, third] = clients
  const one = first?.open(own)
  const two = second?.open(own)
  await Promise.all([one?.synced, two?.synced])
  expect(await third?.open(own).refused).toEqual({ code: 'too_many_connections' })

  const more = first?.open(own)
  await more?.synced
  expect(await first?.open(own).refused).toEqual({ code: 'too_many_documents' })

  // A place is free again when somebody has left.
  second?.close()
  third?.close()
  const isLetIn = async (): Promise<boolean> => {
    const client = connect(server, ada)
    const document = client.open(own)
    const outcome = [document.synced.then(() => true), document.refused.then(() => false)]
    try {
      return await Promise.race(outcome)
    } finally {
      client.close()
    }
  }
  await expect.poll(isLetIn).toBe(true)
  for (const client of clients) client.close()
})

test('an address has a limited number of sockets', async () => {
  const sockets: WebSocket[] = []
  await expect
    .poll(async () => {
      const socket = new WebSocket(syncUrl(), { headers: { origin: server.url } })
      sockets.push(socket)
      const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode)
      socket.on('error', () => undefined)
      return Promise.race([once(socket, 'open').then(() => 101), refused])
    })
    .toBe(429)
  expect(sockets.length).toBeLessThanOrEqual(7)
  for (const socket of sockets) socket.terminate()
})
