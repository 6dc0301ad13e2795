import { beforeEach, expect, test } from 'vitest'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { fileSchema } from '../../shared/api/files.ts'
import { locatedMessageSchema } from '../../shared/api/messages.ts'
import type { Channel } from '../../shared/api/channels.ts'
import { fileIdSchema } from '../../shared/ids.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { runAdmin } from '../admin/admin-command.ts'
import { runCommand } from '../testing/command-runner.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { uploadFile } from '../testing/upload.ts'

const nextId = createIdSequence()
const createdAt = Date.now()

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let room: Channel
let hall: Channel

beforeEach(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  room = await server.createChannel(ada, { name: 'Room', slug: 'room', type: 'PRIVATE' })
  hall = await server.createChannel(ada, { name: 'Hall', slug: 'hall' })
  for (const { id } of [room, hall]) {
    await ada.request('POST', `/api/channels/${id}/members`, { userId: ben.userId })
  }
  return () => server.close()
})

/** As a browser that was offline does: the message is on the server before its files are. */
async function write(
  author: TestPerson,
  { id }: Channel,
  fileIds: string[],
  changes: { messageId?: string; version?: number } = {},
): Promise<string> {
  const { messageId = nextId<string>(), version = 1 } = changes
  const named = server.sqlite.prepare(
    'SELECT 1 FROM messages WHERE channel_id = ? AND id = ? AND file_ids = ?',
  )
  const client = connect(server, author)
  const open = client.open(formatConversationName({ kind: 'channel', id }))
  await open.synced
  const value = message(author.userId, {
    createdAt,
    version,
    content: 'See',
    fileIds: fileIds.map((each) => fileIdSchema.parse(each)),
  })
  rootMap(open.document, 'messages').set(messageId, value)
  await open.durable()
  client.close()
  await expect.poll(() => named.all(id, messageId, JSON.stringify(fileIds))).toHaveLength(1)
  return messageId
}

async function filesOf({ id }: Channel, messageId: string): Promise<string[]> {
  const response = await ada.request('GET', `/api/channels/${id}/messages/${messageId}`)
  return locatedMessageSchema.parse(await response.json()).files.map(({ name }) => name)
}

const admin = async (...args: string[]): Promise<number> =>
  (await runCommand(runAdmin, args, server.folder)).code

test('P2.15 a file that is uploaded after the message that names it is that message’s, and no other’s', async () => {
  const id = nextId<string>()
  const first = await write(ben, room, [id])
  const second = await write(ben, hall, [id])
  expect(await filesOf(room, first)).toEqual([])
  const file = await uploadFile(ben, 'late', { id, name: 'late.txt' })
  expect(file.attachedTo).toEqual({ kind: 'channel', id: room.id, messageId: first })
  expect([await filesOf(room, first), await filesOf(hall, second)]).toEqual([['late.txt'], []])
  expect((await ada.request('GET', `/api/files/${id}/content`)).status).toBe(200)
  // A third that names it changes nothing, and neither does the same upload once more.
  const third = await write(ben, room, [id])
  expect((await uploadFile(ben, 'late', { id })).attachedTo).toEqual(file.attachedTo)
  expect(await filesOf(room, third)).toEqual(['late.txt'])

  expect(await admin('verify')).toBe(0)
  await server.restart(async () => {
    expect(await admin('rebuild')).toBe(0)
  })
  expect(await admin('verify')).toBe(0)
  expect([await filesOf(room, first), await filesOf(hall, second)]).toEqual([['late.txt'], []])

  await ben.request('DELETE', `/api/channels/${room.id}/messages/${first}`)
  expect((await ben.request('GET', `/api/files/${id}`)).status).toBe(404)
})

test('P2.15 a late file is attached by its owner’s own standing messages alone', async () => {
  const [foreign, dropped, gone] = [nextId<string>(), nextId<string>(), nextId<string>()]
  await write(ada, room, [foreign])
  const edited = await write(ben, room, [dropped])
  await write(ben, room, [nextId()], { messageId: edited, version: 2 })
  const deleted = await write(ben, room, [gone])
  await ben.request('DELETE', `/api/channels/${room.id}/messages/${deleted}`)
  for (const id of [foreign, dropped, gone]) {
    expect((await uploadFile(ben, `bytes of ${id}`, { id })).attachedTo).toBeNull()
    expect((await ada.request('GET', `/api/files/${id}`)).status).toBe(404)
  }
  expect(await admin('verify')).toBe(0)
})

test('P7 whoever was taken out of a channel puts no file into it by naming it before', async () => {
  const [id, alone] = [nextId<string>(), nextId<string>()]
  await write(ben, room, [id])
  await write(ben, room, [alone])
  const open = await write(ben, hall, [id])
  await ada.request('DELETE', `/api/channels/${room.id}/members/${ben.userId}`)
  const file = await uploadFile(ben, 'too late', { id, name: 'too late.txt' })
  expect(file.attachedTo).toMatchObject({ id: hall.id, messageId: open })
  const loose = await uploadFile(ben, 'later still', { id: alone })
  expect(loose.attachedTo).toBeNull()
  await server.restart(async () => {
    expect(await admin('rebuild')).toBe(0)
  })
  expect((await ada.request('GET', `/api/files/${alone}`)).status).toBe(404)
})

test('P3 what messages name is compared with their documents, and made anew from them', async () => {
  const id = nextId<string>()
  const messageId = await write(ben, room, [id])
  const stray = `INSERT INTO message_files VALUES ('${room.id}', '${messageId}', '${nextId()}')`
  for (const damage of ['DELETE FROM message_files', stray]) {
    server.sqlite.exec(damage)
    expect(await admin('verify')).toBe(1)
    await server.restart(async () => {
      expect(await admin('rebuild')).toBe(0)
    })
    expect(await admin('verify')).toBe(0)
  }
  const response = await ben.request('POST', '/api/files')
  expect(response.status).toBe(400)
  const file = await uploadFile(ben, 'late', { id })
  expect(fileSchema.parse(file).attachedTo).toMatchObject({ messageId })
})
