/**
 * A push service and a browser behind it, on loopback: takes what the server sends, and decrypts it
 * as RFC 8291 says; for tests.
 */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Agent } from 'node:https'
import { connect, type AddressInfo } from 'node:net'

export interface ReceivedPush {
  host: string
  headers: NodeJS.Dict<string | string[]>
  payload: unknown
}

export interface TestBrowser {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

export interface PushService {
  /** Leads every connection here, whatever its host. */
  agent: Agent
  createBrowser: () => TestBrowser
  received: ReceivedPush[]
  /** How it answers from now on. */
  status: number
  requests: number
  close: () => Promise<void>
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, (body: Buffer) => unknown>()
  const service: PushService = {
    agent: new Agent(),
    received: [],
    status: 201,
    requests: 0,
    createBrowser() {
      const path = `/push/${randomBytes(8).toString('hex')}`
      const ecdh = createECDH('prime256v1')
      const p256dh = ecdh.generateKeys()
      const auth = randomBytes(16)
      browsers.set(path, (body) => {
        const secret = ecdh.computeSecret(body.subarray(21, 86))
        return JSON.parse(decrypt(body, { secret, auth, p256dh }))
      })
      const keys = { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') }
      return { endpoint: `https://updates.push.services.mozilla.com${path}`, keys }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const server = createServer((request, response) => {
    service.requests += 1
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const payload = browsers.get(request.url ?? '')?.(Buffer.concat(chunks))
      const { headers } = request
      if (service.status < 300) {
        service.received.push({ host: headers.host ?? '', headers, payload })
      }
      response.writeHead(service.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has no other kind of address
  // Without TLS: what is proved here is what is sent, not how connections are made.
  service.agent.createConnection = () => connect(port, '127.0.0.1')
  return service
}

/** The content coding aes128gcm of RFC 8188, of one record. */
function decrypt(
  body: Buffer,
  { secret, auth, p256dh }: { secret: Buffer; auth: Buffer; p256dh: Buffer },
): string {
  const salt = body.subarray(0, 16)
  const sender = body.subarray(21, 86)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, sender])
  const input = Buffer.from(hkdfSync('sha256', secret, auth, info, 32))
  const derive = (purpose: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', input, salt, `Content-Encoding: ${purpose}\0`, length))
  const encrypted = body.subarray(86)
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  decipher.setAuthTag(encrypted.subarray(-16))
  const padded = Buffer.concat([decipher.update(encrypted.subarray(0, -16)), decipher.final()])
  // A 2 ends the last record.
  return padded.subarray(0, padded.lastIndexOf(2)).toString()
}
