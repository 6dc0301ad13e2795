import { MessageType } from '@hocuspocus/server'
import * as fc from 'fast-check'
import * as encoding from 'lib0/encoding'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type * as Y from 'yjs'
import type { Channel } from '../../shared/api/channels.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type SyncClient } from '../testing/sync-client.ts'

let server: TestServer
let ada: TestPerson
let mallory: TestPerson
let channel: Channel
let name: string
let honest: SyncClient
const nextId = createIdSequence()

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  mallory = await server.signUp('Mallory')
  channel = await server.createChannel(ada, { name: 'C', slug: 'attacked' })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: mallory.userId })
  name = formatConversationName({ kind: 'channel', id: channel.id })
  honest = connect(server, ada)
})
afterAll(async () => {
  honest.close()
  await server.close()
})

const numbers = Object.values(MessageType).filter((type) => typeof type === 'number')
const types = fc.oneof(fc.constantFrom(...numbers), fc.nat({ max: 200 }), fc.maxSafeNat())
const addresses = fc.constantFrom(
  '',
  '__proto__',
  'constructor',
  'user:x',
  'NAME',
  'NAME\0tab-1',
  'NAME\0__proto__',
  'NAME\0a\0b',
  'OWN',
)
/** What may follow a type: well-formed parts, so that hooks are reached, and mere bytes. */
const parts = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('number' as const), value: fc.maxSafeNat() }),
    fc.record({ kind: fc.constant('number' as const), value: fc.nat({ max: 4 }) }),
    fc.record({ kind: fc.constant('string' as const), value: fc.string() }),
    fc.record({
      kind: fc.constant('string' as const),
      value: fc.constantFrom('{"type":"typing","isTyping":true}', '{"__proto__":1}', '[', 'null'),
    }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 64 }) }),
    fc.record({ kind: fc.constant('raw' as const), value: fc.uint8Array({ maxLength: 24 }) }),
    fc.constant({ kind: 'raw' as const, value: new Uint8Array(12).fill(0xff) }),
  ),
  { maxLength: 4 },
)
const frames = fc.record({
  address: addresses,
  type: types,
  parts,
  /** How much of the frame arrives, in 1/100. */
  kept: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 100 })),
})
type Frame = typeof frames extends fc.Arbitrary<infer Value> ? Value : never

function encode({ address, type, parts, kept }: Frame): Uint8Array {
  const encoder = encoding.createEncoder()
  const named = address.replace('NAME', name)
  encoding.writeVarString(encoder, named === 'OWN' ? formatUserDocumentName(mallory.userId) : named)
  encoding.writeVarUint(encoder, type)
  for (const part of parts) {
    if (part.kind === 'number') encoding.writeVarUint(encoder, part.value)
    else if (part.kind === 'string') encoding.writeVarString(encoder, part.value)
    else if (part.kind === 'bytes') encoding.writeVarUint8Array(encoder, part.value)
    else encoding.writeUint8Array(encoder, part.value)
  }
  const bytes = encoding.toUint8Array(encoder)
  return bytes.subarray(0, Math.ceil((bytes.length * kept) / 100))
}

/** Bytes with which an honest client asks for a document. */
function authFrame(address: string): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, address)
  encoding.writeVarUint(encoder, MessageType.Auth)
  encoding.writeVarUint(encoder, 0)
  encoding.writeVarString(encoder, '')
  return encoding.toUint8Array(encoder)
}

/** Sends all on one socket and resolves when the server has dealt with it: pong or close. */
async function attack(cookie: string, sent: readonly Uint8Array[], isEntered: boolean) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/sync`, {
    headers: { cookie, origin: server.url },
  })
  socket.on('error', () => socket.terminate())
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise((resolve) => socket.once('open', resolve))
  if (isEntered) {
    const entered = new Promise<void>((resolve) => {
      socket.on('message', () => resolve())
    })
    socket.send(authFrame(name))
    await Promise.race([entered, closed])
  }
  for (const frame of sent) if (socket.readyState === WebSocket.OPEN) socket.send(frame)
  const answered = new Promise<void>((resolve) => socket.once('pong', () => resolve()))
  if (socket.readyState === WebSocket.OPEN) socket.ping()
  await Promise.race([answered, closed])
  socket.terminate()
  await closed
}

async function expectUndisturbed(own: Y.Doc, durable: () => Promise<void>): Promise<void> {
  const id = nextId()
  rootMap(own, 'messages').set(id, message(ada.userId, { createdAt: Date.now() }))
  await durable()
}

test('P2 malformed frames of every type never end the process, before and after entry', async () => {
  const one = honest.open(name)
  await one.synced
  let count = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(frames, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (sent, isEntered) => {
        await attack(mallory.cookie, sent.map(encode), isEntered)
        count += 1
        if (count % 25 === 0) await expectUndisturbed(one.document, one.durable)
      },
    ),
    { seed: 20_261_123, numRuns: 400 },
  )
  // Nothing that came in this way is anywhere: what the server has is what one honest client wrote.
  const fresh = connect(server, ada)
  const copy = fresh.open(name)
  await copy.synced
  const keys = [...rootMap(one.document, 'messages').keys()].toSorted()
  await until(copy.document, () => rootMap(copy.document, 'messages').size === keys.length)
  expect([...rootMap(copy.document, 'messages').keys()].toSorted()).toEqual(keys)
  expect([...copy.document.share.keys()]).toEqual(['messages'])
  fresh.close()
}, 60_000)
