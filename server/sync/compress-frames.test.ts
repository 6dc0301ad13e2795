import { once } from 'node:events'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { compressedPartOf, markCompressed } from '../../shared/sync/compressed-frames.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { createCompress } from './compress-frames.ts'

const MESSAGES = 60
let server: TestServer
let ada: TestPerson
let documentName: string
const nextId = createIdSequence()

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  const { id } = await server.createChannel(ada, { name: 'Long', slug: 'long' })
  documentName = formatConversationName({ kind: 'channel', id })
  const written = new Y.Doc()
  for (let count = 0; count < MESSAGES; count += 1) {
    const content = `message ${count}, which says nothing new at all`
    rootMap(written, 'messages').set(
      nextId(),
      message(ada.userId, { content, createdAt: Date.now() }),
    )
  }
  const client = connect(server, ada)
  await client.open(documentName, written).durable()
  client.close()
})
afterAll(() => server.close())

interface Listening {
  frames: Buffer[]
  socket: HocuspocusProviderWebsocket
}

/** A stock provider that asks with this address; what it cannot read it passes over. */
function listen(address: string): Listening {
  const frames: Buffer[] = []
  class ListeningWebSocket extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { cookie: ada.cookie, origin: server.url } })
      this.on('message', (data: ArrayBuffer) => frames.push(Buffer.from(data)))
    }
  }
  const socket = new HocuspocusProviderWebsocket({
    url: `${server.url.replace('http', 'ws')}${address}`,
    WebSocketPolyfill: ListeningWebSocket,
  })
  new HocuspocusProvider({
    name: documentName,
    websocketProvider: socket,
    token: '',
    awareness: null,
  }).attach()
  onTestFinished(() => socket.destroy())
  return { frames, socket }
}

/** The state in a SyncStep2, undefined for every other frame. */
function stateIn(frame: Uint8Array): Uint8Array | undefined {
  const decoder = createDecoder(frame)
  readVarString(decoder)
  const isSync = [0, 4].includes(readVarUint(decoder))
  return isSync && readVarUint(decoder) === 1 ? readVarUint8Array(decoder) : undefined
}

function countIn(state: Uint8Array | undefined): number {
  const document = new Y.Doc()
  if (state !== undefined) Y.applyUpdate(document, state)
  return rootMap(document, 'messages').size
}

test('a document goes out compressed to whoever asks for it, and nothing else does', async () => {
  const { frames } = listen('/sync?compression=deflate-raw')
  const compressed = (): Uint8Array[] =>
    frames.flatMap((frame) => {
      const part = compressedPartOf(frame)
      return part === undefined ? [] : [part]
    })
  await expect.poll(() => compressed().length).toBe(1)
  const [part] = compressed()
  if (part === undefined) throw new Error('Nothing was compressed')
  const frame = inflateRawSync(part)
  expect(countIn(stateIn(frame))).toBe(MESSAGES)
  expect(part.length).toBeLessThan(frame.length / 2)
  expect(frames.length).toBeGreaterThan(1)
})

test('a client that does not ask, or asks for something else, gets frames as they are', async () => {
  for (const address of ['/sync', '/sync?compression=brotli', '/sync?compression']) {
    const { frames } = listen(address)
    const states = (): Uint8Array[] => frames.flatMap((frame) => stateIn(frame) ?? [])
    await expect.poll(() => states().map(countIn)).toEqual([MESSAGES])
    expect(frames.every((frame) => compressedPartOf(frame) === undefined)).toBe(true)
  }
})

test('P2 nothing that a client sends is unpacked', async () => {
  const headers = { cookie: ada.cookie, origin: server.url }
  const address = `${server.url.replace('http', 'ws')}/sync?compression=deflate-raw`
  // Offers WebSocket's own compression, as browsers do.
  const socket = new WebSocket(address, { headers, perMessageDeflate: true })
  await once(socket, 'open')
  expect(socket.extensions).toBe('')
  socket.send(markCompressed(deflateRawSync(Buffer.alloc(64 * 1_048_576))))
  const [code] = await once(socket, 'close')
  expect(code).toBe(1008)
  expect((await ada.request('GET', '/api/health')).status).toBe(200)
})

test('compresses any number of frames, a few at once, each to its own', async () => {
  const compress = createCompress()
  const frames = Array.from({ length: 40 }, (_, index) => Buffer.alloc(10_000 + index, index))
  const compressed = await Promise.all(frames.map(compress))
  expect(compressed.map((each) => inflateRawSync(each))).toEqual(frames)
})
