import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTemporaryDatabase, type TemporaryDatabase } from '../../testing/temporary-database.ts'
import { createStoppedTarget } from '../stopped-target.ts'
import { MAX_BODY_BYTES, SOCKET_NAME } from './import-protocol.ts'
import { connectRemoteTarget } from './remote-target.ts'
import { serveImports, type ImportDoor } from './serve-imports.ts'

let dataDir: string
let database: TemporaryDatabase
let door: ImportDoor | undefined
const unexpected: unknown[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  database = openTemporaryDatabase()
  unexpected.length = 0
})
afterEach(async () => {
  await door?.close()
  door = undefined
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function serve(): Promise<void> {
  const limits = { maxMessages: 100, maxClients: 300 }
  const target = createStoppedTarget({ sqlite: database.sqlite, now: Date.now, limits })
  const onUnexpected = (error: unknown): void => void unexpected.push(error)
  door = await serveImports({ dataDir, target, onUnexpected })
}

async function post(
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: string }> {
  const isChunked = 'transfer-encoding' in headers
  const length = isChunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const sent = request({
    ...{ socketPath: join(dataDir, SOCKET_NAME), path, method: 'POST', agent: false },
    headers: { ...length, ...headers },
  })
  const answered = once(sent, 'response')
  sent.end(body)
  const response: IncomingMessage = (await answered)[0]
  return { status: response.statusCode, body: await text(response) }
}

describe('the socket', () => {
  test('is its owner’s alone, and leaves nothing else behind', async () => {
    await serve()
    expect(statSync(join(dataDir, SOCKET_NAME)).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual([SOCKET_NAME])
  })

  test('takes the place of what a crash left behind, and is gone at the end', async () => {
    writeFileSync(join(dataDir, SOCKET_NAME), '')
    expect(await connectRemoteTarget(dataDir)).toBeUndefined()
    await serve()
    const target = await connectRemoteTarget(dataDir)
    expect(target).toBeDefined()
    target?.close()
    await door?.close()
    door = undefined
    expect(existsSync(join(dataDir, SOCKET_NAME))).toBe(false)
  })

  test('cannot be where the path is too long for one', async () => {
    dataDir = join(dataDir, 'x'.repeat(100))
    mkdirSync(dataDir)
    await expect(serve()).rejects.toMatchObject({ syscall: 'listen' })
    expect(readdirSync(dataDir)).toEqual([])
  })
})

describe('a request', () => {
  beforeEach(serve)

  test.each([
    ['no JSON', '/directory', '{', 400],
    ['of another form', '/directory', '{"people":[{"id":1}],"channels":[],"threads":[]}', 400],
    ['with more than is asked for', '/people', '{"people":[],"role":"OWNER"}', 400],
    ['that is unknown', '/users', '{}', 404],
    [
      'about a conversation with a wrong id',
      '/history',
      '{"conversation":{"kind":"dm","id":"x"},"messages":[]}',
      400,
    ],
  ])('%s is refused with a reason', async (_what, path, body, status) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ problem: expect.any(String) })
    expect(unexpected).toEqual([])
  })

  test('that is too large is refused before it is read', async () => {
    const headers = { 'content-length': String(MAX_BODY_BYTES + 1) }
    expect((await post('/people', '', headers)).status).toBe(413)
  })

  test('that does not say how large it is, is refused', async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    expect((await post('/people', '{"people":[]}', headers)).status).toBe(413)
  })

  test('that fails unexpectedly is reported, and the next one is served', async () => {
    const id = '018f0000-0000-7000-8000-000000000001'
    const channel = { id, name: 'n', slug: 's', description: null, type: 'PUBLIC', createdAt: 1 }
    // Somebody who does not exist cannot be a member.
    const channels = [{ ...channel, isArchived: false, memberIds: [id] }]
    const failed = await post('/directory', JSON.stringify({ people: [], channels, threads: [] }))
    expect(failed.status).toBe(500)
    expect(unexpected).toHaveLength(1)
    expect(await post('/people', '{"people":[]}')).toEqual({ status: 200, body: '{"here":[]}' })
  })
})
