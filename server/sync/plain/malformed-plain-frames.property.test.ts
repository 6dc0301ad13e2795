import * as fc from 'fast-check'
import * as encoding from 'lib0/encoding'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { rootMap } from '../../../shared/document/layout.ts'
import { formatConversationName } from '../../../shared/document/names.ts'
import { createIdSequence, message } from '../../../shared/testing/updates.ts'
import { openPlainClient, type PlainClient } from '../../testing/plain-client.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { connect, until } from '../../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let mallory: TestPerson
let name: string
let honest: PlainClient
const nextId = createIdSequence()

beforeAll(async () => {
  // What is tried here is far more than the limits let anybody send.
  const updates = { capacity: 100_000, perSecond: 10_000 }
  server = await startTestServer({ limits: { updates } })
  ada = await server.signUp('Ada')
  mallory = await server.signUp('Mallory')
  const channel = await server.createChannel(ada, { name: 'C', slug: 'attacked' })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: mallory.userId })
  name = formatConversationName({ kind: 'channel', id: channel.id })
  honest = openPlainClient(server, name, ada)
  await honest.synced
})
afterAll(async () => {
  honest.provider.destroy()
  await server.close()
})

/** What may follow a type: well-formed parts, so that the inner doors are reached, and mere bytes. */
const parts = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('number' as const), value: fc.maxSafeNat() }),
    fc.record({ kind: fc.constant('number' as const), value: fc.nat({ max: 4 }) }),
    fc.record({ kind: fc.constant('string' as const), value: fc.string() }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 64 }) }),
    fc.record({ kind: fc.constant('raw' as const), value: fc.uint8Array({ maxLength: 24 }) }),
    fc.constant({ kind: 'raw' as const, value: new Uint8Array(12).fill(0xff) }),
  ),
  { maxLength: 4 },
)
const type = fc.oneof(fc.nat({ max: 10 }), fc.maxSafeNat())
const anyFrame = fc.record({ type, parts }).map(({ type: number, parts: following }) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, number)
  for (const part of following) {
    if (part.kind === 'number') encoding.writeVarUint(encoder, part.value)
    else if (part.kind === 'string') encoding.writeVarString(encoder, part.value)
    else if (part.kind === 'bytes') encoding.writeVarUint8Array(encoder, part.value)
    else encoding.writeUint8Array(encoder, part.value)
  }
  return encoding.toUint8Array(encoder)
})

/** A good frame with one byte changed and the end cut off: nearly right is the hardest. */
const spoiledFrame = fc
  .record({ at: fc.nat({ max: 400 }), byte: fc.nat({ max: 255 }), kept: fc.nat({ max: 500 }) })
  .map(({ at, byte, kept }) => {
    const document = new Y.Doc()
    const record = message(mallory.userId, { createdAt: Date.now() })
    rootMap(document, 'messages').set('spoiled', record)
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 0)
    encoding.writeVarUint(encoder, 2)
    encoding.writeVarUint8Array(encoder, Y.encodeStateAsUpdate(document))
    const frame = encoding.toUint8Array(encoder)
    frame[at % frame.length] = byte
    return frame.subarray(0, kept)
  })

/** Sends all on one connection; resolves when the server has dealt with it: pong or close. */
async function attack(sent: readonly Uint8Array[], isEntered: boolean): Promise<void> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/yjs/${name}`, {
    headers: { cookie: mallory.cookie, origin: server.url },
  })
  socket.on('error', () => socket.terminate())
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  const entered = new Promise<void>((resolve) => {
    socket.once('message', () => resolve())
  })
  await new Promise<void>((resolve) => {
    socket.once('open', () => resolve())
  })
  if (isEntered) {
    const question = encoding.createEncoder()
    encoding.writeVarUint(question, 0)
    encoding.writeVarUint(question, 0)
    encoding.writeVarUint8Array(question, Y.encodeStateVector(new Y.Doc()))
    socket.send(encoding.toUint8Array(question))
    await Promise.race([entered, closed])
  }
  for (const frame of sent) if (socket.readyState === WebSocket.OPEN) socket.send(frame)
  const answered = new Promise<void>((resolve) => {
    socket.once('pong', () => resolve())
  })
  if (socket.readyState === WebSocket.OPEN) socket.ping()
  await Promise.race([answered, closed])
  socket.terminate()
  await closed
}

test('P2 malformed frames never end the process, and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(anyFrame, spoiledFrame), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      attack,
    ),
    { seed: 20_261_124, numRuns: 300 },
  )
  const id = nextId()
  const record = message(ada.userId, { createdAt: Date.now() })
  rootMap(honest.document, 'messages').set(id, record)
  const browser = connect(server, ada)
  const copy = browser.open(name)
  await copy.synced
  await until(copy.document, () => rootMap(copy.document, 'messages').has(id))
  expect([...rootMap(copy.document, 'messages').keys()]).toEqual([id])
  expect(honest.provider.wsconnected).toBe(true)
  browser.close()
})
