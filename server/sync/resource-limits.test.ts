import { once } from 'node:events'
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Channel } from '../../shared/api/channels.ts'
import { encodeUpdate } from '../../shared/document/encode-update.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type OpenDocument, type SyncClient } from '../testing/sync-client.ts'

const AWARENESS = 1
const AUTH = 2
const SYNC = 0
const UPDATE = 2
const DOCUMENTS = 3
let server: TestServer
let ada: TestPerson
let mallory: TestPerson
let channel: Channel
let name: string
let clients: SyncClient[]
let count = 0
const nextId = createIdSequence()

beforeAll(async () => {
  const updates = { capacity: 100_000, perSecond: 1_000 }
  const maxBufferedBytes = 100_000
  server = await startTestServer({
    limits: { updates, maxBufferedBytes, documentsPerSocket: DOCUMENTS },
  })
  ada = await server.signUp('Ada')
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  mallory = await server.signUp(`Mallory${count}`)
  channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: mallory.userId })
  name = formatConversationName({ kind: 'channel', id: channel.id })
  clients = []
  return () => clients.forEach((client) => client.close())
})

function join(person: TestPerson): SyncClient {
  const client = connect(server, person)
  clients.push(client)
  return client
}

function write({ document }: OpenDocument, author: TestPerson, content = 'hello'): string {
  const id = nextId()
  const record = message(author.userId, { content, createdAt: Date.now() })
  rootMap(document, 'messages').set(id, record)
  return id
}

/** A frame as any program could send it. */
function frameOf(
  documentName: string,
  type: number,
  write: (to: encoding.Encoder) => void,
): Buffer {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, documentName)
  encoding.writeVarUint(encoder, type)
  write(encoder)
  return Buffer.from(encoding.toUint8Array(encoder))
}

/** A bare socket that has signed in to one document. */
async function openBare(
  person: TestPerson,
  documentName: string,
): Promise<{ socket: WebSocket; frames: Buffer[] }> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/sync`, {
    headers: { cookie: person.cookie, origin: server.url },
  })
  const frames: Buffer[] = []
  socket.on('message', (data: Buffer) => frames.push(data))
  await once(socket, 'open')
  socket.send(
    frameOf(documentName, AUTH, (encoder) => {
      encoding.writeVarUint(encoder, 0)
      encoding.writeVarString(encoder, '')
    }),
  )
  await expect.poll(() => frames.some((frame) => typeOf(frame) === AUTH)).toBe(true)
  return { socket, frames }
}

function typeOf(frame: Buffer): number {
  const decoder = createDecoder(frame)
  readVarString(decoder)
  return readVarUint(decoder)
}

test('a socket has a limited number of documents, also when it asks for all at once', async () => {
  const channels = await Promise.all(
    Array.from({ length: 4 * DOCUMENTS }, (_, index) =>
      server.createChannel(mallory, { name: 'M', slug: `many-${count}-${index}` }),
    ),
  )
  const client = join(mallory)
  const outcomes = await Promise.all(
    channels.map(({ id }) => {
      const opened = client.open(formatConversationName({ kind: 'channel', id }))
      // Both may come: let in first, and then told that it is one too many.
      const refused = opened.refused.then(({ code }) => code)
      const used = opened.synced.then(async () => {
        write(opened, mallory)
        await opened.durable()
        return 'open'
      })
      return Promise.race([refused, used])
    }),
  )
  expect(outcomes.filter((outcome) => outcome === 'open')).toHaveLength(DOCUMENTS)
  expect(new Set(outcomes)).toEqual(new Set(['open', 'too_many_documents']))
})

test('nobody asks for a whole document over and over', async () => {
  const honest = join(ada).open(name)
  const hostile = join(mallory).open(name)
  await Promise.all([honest.synced, hostile.synced])
  for (let asked = 0; asked < 20; asked += 1) hostile.provider.forceSync()
  expect(await hostile.refused).toEqual({ code: 'rate_limited' })
  honest.provider.forceSync()
  write(honest, ada)
  await honest.durable()
})

test('a reader who falls far behind is cut off, and disturbs nobody', async () => {
  const { socket } = await openBare(mallory, name)
  const honest = join(ada).open(name)
  await honest.synced
  const closed = once(socket, 'close')
  socket.pause()
  // More than the buffers of any system take.
  for (let sent = 0; sent < 25; sent += 1) {
    honest.document.transact(() => {
      for (let index = 0; index < 40; index += 1) write(honest, ada, 'x'.repeat(15_000))
    })
    await honest.durable()
  }
  socket.resume()
  const [code] = await closed
  expect(code).toBe(1006)
})

test('P2.13 the sender’s own bytes are never applied, what is admitted instead is', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const honest = join(ada).open(name)
  await honest.synced
  write(honest, ada)
  await honest.durable()
  const { socket, frames } = await openBare(mallory, name)
  const { clientID } = honest.document
  // Known already, so that nothing of it is new; Yjs stumbles over an origin that is not there.
  const origin = Y.createID(clientID, 99)
  const content = new Y.ContentAny([1])
  const id = Y.createID(clientID, 0)
  const struct = new Y.Item(id, null, origin, null, null, null, null, content)
  const run = { clientId: clientID, clock: 0, offset: 0, structs: [struct] }
  socket.send(
    frameOf(name, SYNC, (encoder) => {
      encoding.writeVarUint(encoder, UPDATE)
      encoding.writeVarUint8Array(encoder, encodeUpdate([run], new Map()))
    }),
  )
  // Something after it, whose answer shows that it was handled.
  const before = frames.length
  socket.send(
    frameOf(name, SYNC, (encoder) => {
      encoding.writeVarUint(encoder, 0)
      encoding.writeVarUint8Array(encoder, Y.encodeStateVector(new Y.Doc()))
    }),
  )
  await expect.poll(() => frames.length).toBeGreaterThan(before)
  const id2 = write(honest, ada)
  await honest.durable()
  const copy = join(ada).open(name)
  await until(copy.document, () => rootMap(copy.document, 'messages').has(id2))
  expect(complaints.mock.calls).toEqual([])
  complaints.mockRestore()
  socket.terminate()
})

test('awareness stays out of conversations, and small on a person’s own document', async () => {
  const own = formatUserDocumentName(mallory.userId)
  const scratch = new Awareness(new Y.Doc())
  const states = new Map(
    Array.from({ length: 60 }, (_, index) => [
      index + 1,
      { text: index < 5 ? 'x'.repeat(3_000) : 'y' },
    ]),
  )
  for (const [clientId, state] of states) {
    scratch.states.set(clientId, state)
    scratch.meta.set(clientId, { clock: 1, lastUpdated: Date.now() })
  }
  const ids = [...states.keys()]
  const updates = [ids.slice(0, 30), ids.slice(30)].map((part) =>
    encodeAwarenessUpdate(scratch, part),
  )
  for (const documentName of [name, own]) {
    const watcher = await openBare(documentName === name ? ada : mallory, documentName)
    const sender = await openBare(mallory, documentName)
    for (const update of updates) {
      sender.socket.send(
        frameOf(documentName, AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, update)),
      )
    }
    // Answered after what came before it was handled.
    sender.socket.send(
      frameOf(documentName, SYNC, (encoder) => {
        encoding.writeVarUint(encoder, 0)
        encoding.writeVarUint8Array(encoder, Y.encodeStateVector(new Y.Doc()))
      }),
    )
    await expect.poll(() => sender.frames.some((frame) => typeOf(frame) === SYNC)).toBe(true)
    const seen = new Awareness(new Y.Doc())
    seen.setLocalState(null)
    const take = (): number => {
      for (const frame of watcher.frames.splice(0)) {
        const decoder = createDecoder(frame)
        readVarString(decoder)
        if (readVarUint(decoder) !== AWARENESS) continue
        applyAwarenessUpdate(seen, readVarUint8Array(decoder), undefined)
      }
      return seen.getStates().size
    }
    if (documentName === own) await expect.poll(take).toBeGreaterThan(25)
    take()
    const texts = [...seen.getStates().values()].map((state) => JSON.stringify(state))
    expect(texts.length).toBeLessThanOrEqual(documentName === own ? 32 : 0)
    expect(texts.filter((text) => text.length > 2_000)).toEqual([])
    watcher.socket.terminate()
    sender.socket.terminate()
    seen.destroy()
  }
  scratch.destroy()
})
