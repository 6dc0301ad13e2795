import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import type { UploadedFile } from '../../shared/api/files.ts'
import { listMessagesResponseSchema, type Message } from '../../shared/api/messages.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { FileId } from '../../shared/ids.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, type OpenDocument } from '../testing/sync-client.ts'
import { uploadFile } from '../testing/upload.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let adas: OpenDocument
let bens: OpenDocument
let channelCount = 0
const nextId = createIdSequence()

beforeAll(async () => {
  server = await startTestServer({ files: { sweepIntervalMs: 50 } })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

beforeEach(async () => {
  channelCount += 1
  channel = await server.createChannel(ada, { name: 'C', slug: `channel-${channelCount}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const clients = [connect(server, ada), connect(server, ben)]
  const opened = clients.map((client) => client.open(name))
  const [first, second] = opened
  if (first === undefined || second === undefined) throw new Error('Nothing is open')
  adas = first
  bens = second
  await Promise.all([adas.synced, bens.synced])
  return () => clients.forEach((client) => client.close())
})

async function write(
  { document, durable }: OpenDocument,
  author: TestPerson,
  fileIds: FileId[],
): Promise<string> {
  const id = nextId()
  const record = message(author.userId, { content: 'See', createdAt: Date.now() })
  const files = fileIds.length === 0 ? {} : { fileIds }
  rootMap(document, 'messages').set(id, { ...record, ...files })
  await durable()
  return id
}

async function overwrite(
  { document, durable }: OpenDocument,
  id: string,
  change: (record: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const messages = rootMap(document, 'messages')
  const standing = messages.get(id)
  if (typeof standing !== 'object' || standing === null) throw new Error('There is no message')
  messages.set(id, change({ ...standing }))
  await durable()
}

async function listed(): Promise<Message[]> {
  const response = await ada.request('GET', `/api/channels/${channel.id}/messages`)
  return listMessagesResponseSchema.parse(await response.json()).messages
}

async function statusFor(person: TestPerson, { id }: UploadedFile): Promise<number> {
  return (await person.request('GET', `/api/files/${id}`)).status
}

function isOnDisk({ id }: UploadedFile): boolean {
  return existsSync(join(server.folder, 'files', id.slice(-2), id))
}

test('a file comes with a message that its owner writes to the document', async () => {
  const file = await uploadFile(ben, 'for all')
  await write(bens, ben, [file.id])
  await expect.poll(() => statusFor(ada, file)).toBe(200)
  expect((await listed())[0]?.files.map(({ id }) => id)).toEqual([file.id])
})

test('P2.15 a document that names the file of somebody else opens it to nobody', async () => {
  const file = await uploadFile(ben, 'not for all')
  await write(adas, ada, [file.id])
  await expect.poll(async () => (await listed()).length).toBe(1)
  expect((await listed())[0]).toMatchObject({ fileIds: [file.id], files: [] })
  expect([await statusFor(ada, file), await statusFor(ben, file)]).toEqual([404, 200])
})

test('P2.15 nor does an edit that names it', async () => {
  const file = await uploadFile(ben, 'not for all')
  const id = await write(adas, ada, [])
  await overwrite(adas, id, (record) => ({ ...record, fileIds: [file.id], version: 2 }))
  await expect.poll(async () => (await listed())[0]?.fileIds).toEqual([file.id])
  expect(await statusFor(ada, file)).toBe(404)
})

test('P2.15 a deleted message takes its files along, and their bytes', async () => {
  const [first, second] = [await uploadFile(ben, 'one'), await uploadFile(ben, 'two')]
  const id = await write(bens, ben, [first.id, second.id])
  await expect.poll(() => statusFor(ada, first)).toBe(200)
  // By a moderator: the channel is Ada's.
  await expect.poll(() => rootMap(adas.document, 'messages').has(id)).toBe(true)
  await overwrite(adas, id, ({ fileIds: _fileIds, ...record }) => ({
    ...record,
    ...{ content: '', version: 2, deletedAt: Date.now(), deletedBy: ada.userId },
  }))
  await expect.poll(() => statusFor(ada, first)).toBe(404)
  expect([await statusFor(ben, first), await statusFor(ben, second)]).toEqual([404, 404])
  await expect.poll(() => [isOnDisk(first), isOnDisk(second)]).toEqual([false, false])
})

test('an edit that leaves a file out takes it along; the others stay', async () => {
  const [kept, dropped] = [await uploadFile(ben, 'kept'), await uploadFile(ben, 'dropped')]
  const id = await write(bens, ben, [kept.id, dropped.id])
  await expect.poll(() => statusFor(ada, dropped)).toBe(200)
  await overwrite(bens, id, (record) => ({ ...record, version: 2, fileIds: [kept.id] }))
  await expect.poll(() => statusFor(ada, dropped)).toBe(404)
  expect(await statusFor(ada, kept)).toBe(200)
  await expect.poll(() => isOnDisk(dropped)).toBe(false)
  expect(isOnDisk(kept)).toBe(true)
})

test('deleting a message that only named a file of another leaves that file alone', async () => {
  const file = await uploadFile(ben, 'quoted')
  await write(bens, ben, [file.id])
  await expect.poll(() => statusFor(ada, file)).toBe(200)
  const id = await write(adas, ada, [file.id])
  await expect.poll(async () => (await listed())[1]?.files.length).toBe(1)
  await overwrite(adas, id, ({ fileIds: _fileIds, ...record }) => ({
    ...record,
    ...{ content: '', version: 2, deletedAt: Date.now(), deletedBy: ada.userId },
  }))
  await expect.poll(async () => (await listed())[1]?.deletedAt).not.toBeNull()
  expect(await statusFor(ada, file)).toBe(200)
})
