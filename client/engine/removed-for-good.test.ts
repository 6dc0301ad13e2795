import { openDB } from 'idb'
import { beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { messageSchema } from '../../shared/api/messages.ts'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { filesWith } from '../../server/testing/bytes-in-store.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import { connect } from '../../server/testing/sync-client.ts'
import { openTestEngine, screen, until, untilSettled } from '../testing/engine-kit.ts'

const DAY_MS = 24 * 3_600_000

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let conversation: Conversation
let time: number

beforeEach(async () => {
  time = Date.now()
  server = await startTestServer({ limits: { retentionSweepMs: 20 }, now: () => time })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  const channel = await server.createChannel(ada, { name: 'C', slug: 'stale' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  conversation = { kind: 'channel', id: channel.id }
  return () => server.close()
})

/** Everything so far is too old, and removed. */
async function removeAll(): Promise<void> {
  // Sessions outlive it.
  time += 2 * DAY_MS
  await ada.request('PATCH', `/api/channels/${conversation.id}`, { retentionDays: 1 })
  const live = server.sqlite
    .prepare<[], number>('SELECT count(*) FROM messages WHERE deleted_at IS NULL')
    .pluck()
  await expect.poll(() => live.get()).toBe(0)
}

test('P12.4 a browser that was away while messages were removed loses them, and brings none back', async () => {
  const away = await openTestEngine(server, ben, conversation, { now: () => time })
  const sent = away.handle.send({ content: 'kumquat' })
  await untilSettled(away)
  const posted = await ada.request('POST', `/api/channels/${conversation.id}/messages`, {
    content: 'zebrafinch',
  })
  const { id: foreign } = messageSchema.parse(await posted.json())
  await until(away, ({ messages }) => messages.length === 2)
  away.setOnline(false)
  away.handle.edit(sent, 'kumquat once more')
  away.handle.setReaction(foreign, '👍', true)

  await removeAll()
  away.handle.send({ content: 'written meanwhile' })
  away.setOnline(true)
  await until(
    away,
    ({ messages }) =>
      !messages.some(({ record }) => record.content === 'zebrafinch') &&
      messages.some(({ record, delivery }) => {
        return record.content === 'written meanwhile' && delivery.state === 'sent'
      }),
  )
  const other = await openTestEngine(server, ada, conversation, { now: () => time })
  await until(other, ({ messages }) => messages.length > 0)
  expect(screen(other).filter((line) => !line.startsWith(' '))).toEqual(['written meanwhile sent'])
  for (const word of ['zebrafinch', 'kumquat']) {
    await expect.poll(() => filesWith(server.folder, word)).toEqual([])
  }
  await away.close()
  await other.close()
})

/** The databases of this device that hold these words, in whatever they keep. */
async function databasesWith(words: string): Promise<string[]> {
  const found: string[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await openDB(name)
    for (const store of database.objectStoreNames) {
      const values: unknown[] = await database.getAll(store)
      for (const value of values) {
        const bytes = value instanceof Uint8Array ? value : JSON.stringify(value)
        if (Buffer.from(bytes).includes(words)) found.push(name)
      }
    }
    database.close()
  }
  return found
}

test('P12.4 what was removed leaves the copy on a device with it, and the rest of the copy stays', async () => {
  const device = await openTestEngine(server, ben, conversation, { now: () => time })
  device.handle.send({ content: 'persimmon' })
  await untilSettled(device)
  const path = `/api/channels/${conversation.id}/messages`
  for (const content of ['rambutan', 'gooseberry']) await ada.request('POST', path, { content })
  await until(device, ({ messages }) => messages.length === 3)
  for (const word of ['persimmon', 'rambutan']) {
    await expect.poll(() => databasesWith(word)).not.toEqual([])
  }
  await removeAll()
  device.handle.send({ content: 'written afterwards' })
  await untilSettled(device)
  for (const word of ['persimmon', 'rambutan', 'gooseberry']) {
    await expect.poll(() => databasesWith(word)).toEqual([])
  }
  await device.close()
  const offline = await openTestEngine(server, ben, conversation, { isOnline: false })
  await until(offline, ({ messages }) => messages.length > 0)
  expect(screen(offline).filter((line) => !line.startsWith(' '))).toEqual([
    'written afterwards sent',
  ])
  await offline.close()
})

test('P12.4 a document that has what was removed loses it as it syncs, and its id is taken for ever', async () => {
  const name = formatConversationName(conversation)
  const client = connect(server, ben)
  const stale = new Y.Doc()
  const before = client.open(name, stale)
  await before.synced
  const id = '0193a5a0-0000-7000-8000-0000000000ee'
  const record = { authorId: ben.userId, content: 'kumquat', type: 'TEXT', version: 1 }
  const createdAt = time
  stale.getMap('messages').set(id, { ...record, createdAt })
  await before.durable()
  before.provider.destroy()
  const old = Y.encodeStateAsUpdate(stale)

  await removeAll()
  const after = connect(server, ben)
  const back = after.open(name, stale)
  await back.synced
  expect(stale.getMap('messages').get(id)).toMatchObject({ content: '' })
  expect(Buffer.from(Y.encodeStateAsUpdate(stale)).includes('kumquat')).toBe(false)
  stale.getMap('messages').set(id, { ...record, createdAt })
  expect(await back.refused).toMatchObject({ code: 'already_deleted', key: id })

  // Whoever kept the old bytes may offer them again: nothing in them is new.
  const offering = new Y.Doc()
  Y.applyUpdate(offering, old)
  const offered = connect(server, ben).open(name, offering)
  await offered.synced
  await expect.poll(() => offering.getMap('messages').get(id)).toMatchObject({ content: '' })
  await expect.poll(() => filesWith(server.folder, 'kumquat')).toEqual([])
  client.close()
  after.close()
})
