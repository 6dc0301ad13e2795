import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dmSchema } from '../../shared/api/dms.ts'
import { fileSchema, type UploadedFile } from '../../shared/api/files.ts'
import { messageSchema, type Message } from '../../shared/api/messages.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'

let server: TestServer
let [ada, ben, cyd, guest]: TestPerson[] = []
let open: string
let secret: string
let dm: string

function person(one: TestPerson | undefined): TestPerson {
  if (one === undefined) throw new Error('Nobody')
  return one
}

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  cyd = await server.signUp('Cyd')
  guest = await server.signUp('Gus')
  server.sqlite.prepare("UPDATE users SET role = 'GUEST' WHERE id = ?").run(guest.userId)
  const everybody = await server.createChannel(ada, { name: 'Open', slug: 'open' })
  const few = await server.createChannel(ada, { name: 'Few', slug: 'few', type: 'PRIVATE' })
  open = `/api/channels/${everybody.id}`
  secret = `/api/channels/${few.id}`
  for (const channel of [open, secret]) await addMember(channel, ben)
  const body = { participantIds: [ben.userId] }
  dm = `/api/dm/${dmSchema.parse(await (await ada.request('POST', '/api/dm', body)).json()).id}`
})
afterAll(() => server.close())

async function addMember(channel: string, { userId }: TestPerson): Promise<void> {
  const response = await person(ada).request('POST', `${channel}/members`, { userId })
  expect(response.status).toBe(204)
}

function post(author: TestPerson | undefined, conversation: string, fileIds: string[]) {
  return person(author).request('POST', `${conversation}/messages`, { content: 'See', fileIds })
}

async function postFiles(
  author: TestPerson | undefined,
  conversation: string,
  ...files: UploadedFile[]
): Promise<Message> {
  const ids = files.map(({ id }) => id)
  return messageSchema.parse(await (await post(author, conversation, ids)).json())
}

/** What each of them is answered: Ada, Ben, Cyd and the guest. */
async function statuses({ id }: UploadedFile, path = '/content'): Promise<number[]> {
  const all = [ada, ben, cyd, guest].map(async (one) => {
    const response = await person(one).request('GET', `/api/files/${id}${path}`)
    await response.arrayBuffer()
    return response.status
  })
  return Promise.all(all)
}

test('P2.15 a file that is attached to nothing is seen by its owner alone', async () => {
  const file = await uploadFile(person(ben), 'mine')
  for (const path of ['', '/content'])
    expect(await statuses(file, path)).toEqual([404, 200, 404, 404])
  const foreign = await person(ada).request('DELETE', `/api/files/${file.id}`)
  expect(await problemOf(foreign)).toBe('404 not_found')
})

test('P2.15 an attached file is seen by whoever may read the conversation', async () => {
  const [first, second, third] = await Promise.all(
    ['a', 'b', 'c'].map((text) => uploadFile(person(ben), text, { name: `${text}.txt` })),
  )
  if (!first || !second || !third) throw new Error('No files')
  const message = await postFiles(ben, open, first)
  expect(message.type).toBe('FILE')
  expect(message.files).toEqual([
    {
      ...{ id: first.id, name: 'a.txt', size: 1, type: 'text/plain' },
      ...{ width: null, height: null, hasThumbnail: false },
    },
  ])
  await postFiles(ben, secret, second)
  await postFiles(ben, dm, third)
  // Cyd is a member of the workspace, the guest of nothing.
  expect(await statuses(first)).toEqual([200, 200, 200, 404])
  expect(await statuses(second)).toEqual([200, 200, 404, 404])
  expect(await statuses(third)).toEqual([200, 200, 404, 404])
  const known = await person(ada).request('GET', `/api/files/${second.id}`)
  expect(fileSchema.parse(await known.json()).attachedTo).toMatchObject({ kind: 'channel' })
})

test('P7 whoever is taken out of a channel reads its files no more, one’s own included', async () => {
  const file = await uploadFile(person(cyd), 'shared once')
  await addMember(secret, person(cyd))
  await postFiles(cyd, secret, file)
  expect(await statuses(file)).toEqual([200, 200, 200, 404])
  await person(ada).request('DELETE', `${secret}/members/${person(cyd).userId}`)
  expect(await statuses(file)).toEqual([200, 200, 404, 404])
})

test('P2.15 naming the file of somebody else opens it to nobody', async () => {
  const file = await uploadFile(person(ben), 'private')
  expect(await problemOf(await post(ada, open, [file.id]))).toBe('404 unknown_file')
  expect(await statuses(file)).toEqual([404, 200, 404, 404])
  await postFiles(ben, secret, file)
  // Ada reads it where it is, and cannot carry it to where others are; nor can its owner.
  for (const one of [ada, ben]) {
    expect(await problemOf(await post(one, open, [file.id]))).toBe('404 unknown_file')
  }
  expect(await statuses(file)).toEqual([200, 200, 404, 404])
})

test('a file can be named again where it is, and goes with the message that brought it', async () => {
  const file = await uploadFile(person(ben), 'once more')
  const first = await postFiles(ben, open, file)
  const again = await postFiles(ada, `${open}`, file)
  expect(again.files).toEqual(first.files)
  const attached = await person(ben).request('DELETE', `/api/files/${file.id}`)
  expect(await problemOf(attached)).toBe('409 conflict')
  const foreign = await person(ada).request('DELETE', `/api/files/${file.id}`)
  expect(await problemOf(foreign)).toBe('403 not_yours')
})

test('unknown, deleted and too many files are refused before anything is written', async () => {
  const file = await uploadFile(person(ben), 'gone')
  await person(ben).request('DELETE', `/api/files/${file.id}`)
  expect(await problemOf(await post(ben, open, [file.id]))).toBe('404 unknown_file')
  const unknown = '0193a5a0-0000-7000-8000-00000000ffff'
  expect(await problemOf(await post(ben, open, [unknown]))).toBe('404 unknown_file')
  const eleven = Array.from({ length: 11 }, () => unknown)
  expect(await problemOf(await post(ben, open, eleven))).toBe('400 invalid_request')
  expect(await problemOf(await post(ben, open, ['../x']))).toBe('400 invalid_request')
})

test('files survive a restart, and an upload that a kill cut off does not', async () => {
  const file = await uploadFile(person(ben), 'kept')
  await postFiles(ben, open, file)
  const half = await uploadFile(person(ben), 'half')
  // As if the process had died before all bytes were in the store.
  server.sqlite.prepare('UPDATE file_uploads SET stored_at = NULL WHERE id = ?').run(half.id)
  await server.restart()
  expect(await statuses(file)).toEqual([200, 200, 200, 404])
  expect(await statuses(half)).toEqual([404, 404, 404, 404])
  const path = join(server.folder, 'files', file.id.slice(-2), file.id)
  expect(existsSync(path)).toBe(true)
})
