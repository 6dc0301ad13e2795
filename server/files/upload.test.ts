import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileSchema } from '../../shared/api/files.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { sendUpload, uploadFile } from '../testing/upload.ts'

const MEBIBYTE = 1_048_576
const MINE = '0193a5a0-0000-7000-8000-0000000000a1'
const HALF = '0193a5a0-0000-7000-8000-0000000000a2'

let server: TestServer
let ada: TestPerson
let ben: TestPerson

beforeAll(async () => {
  server = await startTestServer({ files: { quotaBytes: 16 * MEBIBYTE } })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

function countRows(owner: TestPerson): number {
  const select = 'SELECT count(*) AS count FROM file_uploads WHERE owner_id = ?'
  const row = server.sqlite.prepare<[string], { count: number }>(select).get(owner.userId)
  return row?.count ?? 0
}

function filesUnderWay(): string[] {
  return readdirSync(join(server.folder, 'files/incoming'))
}

test('an upload is answered with what was found in its bytes, once they are in the store', async () => {
  const bytes = randomBytes(3 * MEBIBYTE)
  const file = await uploadFile(ada, bytes, { name: 'dump.bin', type: 'image/png' })
  const checksum = createHash('sha256').update(bytes).digest('hex')
  expect(file).toMatchObject({ name: 'dump.bin', size: bytes.length, checksum, attachedTo: null })
  expect(file).toMatchObject({ ownerId: ada.userId, width: null, hasThumbnail: false })
  expect(file.type).toBe('application/octet-stream')
  const path = join(server.folder, 'files', file.id.slice(-2), file.id)
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(filesUnderWay()).toEqual([])
})

test('an upload under an id of one’s own can be repeated, by its uploader and with the same bytes', async () => {
  const first = await uploadFile(ada, 'same', { id: MINE })
  expect(first.id).toBe(MINE)
  const before = countRows(ada)
  expect(await uploadFile(ada, 'same', { id: MINE, name: 'other.txt' })).toEqual(first)
  expect(await problemOf(await sendUpload(ada, 'other', { id: MINE }))).toBe('409 already_exists')
  expect(await problemOf(await sendUpload(ben, 'same', { id: MINE }))).toBe('409 already_exists')
  expect(countRows(ada)).toBe(before)
})

test('two uploads under one id at once make one file', async () => {
  const id = '0193a5a0-0000-7000-8000-0000000000a3'
  const bytes = randomBytes(200_000)
  const responses = await Promise.all([1, 2, 3].map(() => sendUpload(ada, bytes, { id })))
  const statuses = responses.map(({ status }) => status)
  expect(statuses).toContain(201)
  expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([])
  expect((await uploadFile(ada, bytes, { id })).id).toBe(id)
})

test('a file of exactly the limit is taken, one byte more is not, declared or not', async () => {
  const before = countRows(ben)
  const whole = Buffer.alloc(10 * MEBIBYTE, 'x')
  const taken = await uploadFile(ben, whole)
  expect(taken.size).toBe(whole.length)
  const response = await ben.request('DELETE', `/api/files/${taken.id}`)
  expect(response.status).toBe(204)
  const tooLarge = Buffer.alloc(10 * MEBIBYTE + 1, 'x')
  expect(await problemOf(await sendUpload(ben, tooLarge))).toBe('413 file_too_large')
  const declared = await sendUpload(ben, Buffer.alloc(11 * MEBIBYTE))
  expect(await problemOf(declared)).toBe('413 file_too_large')
  expect(await statusOfChunked(12 * MEBIBYTE)).toBe(413)
  expect(filesUnderWay()).toEqual([])
  expect(countRows(ben)).toBeLessThanOrEqual(before + 1)
})

/** Sends a form of unknown length, piece by piece, and reads the answer's status. */
async function statusOfChunked(size: number): Promise<number> {
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
  let left = size
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from(head)),
    pull(controller) {
      if (left <= 0) {
        controller.enqueue(Buffer.from('\r\n--x--\r\n'))
        controller.close()
      } else {
        controller.enqueue(Buffer.alloc(Math.min(left, 65_536)))
        left -= 65_536
      }
    },
  })
  const response = await fetch(`${server.url}/api/files`, {
    method: 'POST',
    headers: {
      cookie: ben.cookie,
      origin: server.url,
      'content-type': 'multipart/form-data; boundary=x',
    },
    body,
    duplex: 'half',
  })
  return response.status
}

test('an upload that breaks off leaves neither row nor byte, and can be sent again', async () => {
  const before = countRows(ada)
  const { hostname, port } = new URL(server.url)
  const socket = connect({ host: hostname, port: Number(port) })
  const start =
    `--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n${HALF}\r\n` +
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
  socket.write(
    `POST /api/files HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: ${ada.cookie}\r\n` +
      `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n` +
      `${start}${'y'.repeat(300_000)}`,
  )
  await expect.poll(filesUnderWay).toHaveLength(1)
  socket.destroy()
  await expect.poll(filesUnderWay).toEqual([])
  expect(countRows(ada)).toBe(before)
  expect((await uploadFile(ada, 'whole', { id: HALF })).size).toBe(5)
})

test('a form that ends in the middle of its file is refused and leaves nothing', async () => {
  const before = countRows(ada)
  const broken = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'
  const send = (body: string, type = 'multipart/form-data; boundary=x'): Promise<Response> =>
    fetch(`${server.url}/api/files`, {
      method: 'POST',
      headers: { cookie: ada.cookie, origin: server.url, 'content-type': type },
      body,
    })
  const two = `${broken}\r\n${broken}\r\n--x--\r\n`
  const noFile = '--x\r\nContent-Disposition: form-data; name="id"\r\n\r\nx\r\n--x--\r\n'
  const badId = `${noFile.slice(0, -7)}${broken}\r\n--x--\r\n`
  const answers: string[] = []
  for (const form of [broken, two, noFile, badId, '', 'no form at all']) {
    answers.push(await problemOf(await send(form)))
  }
  expect(answers).toEqual(answers.map(() => '400 invalid_request'))
  expect(await problemOf(await send('{}', 'application/json'))).toBe('400 invalid_request')
  const noBoundary = await send(broken, 'multipart/form-data')
  expect(await problemOf(noBoundary)).toBe('400 invalid_request')
  expect(filesUnderWay()).toEqual([])
  expect(countRows(ada)).toBe(before)
})

test('the quota holds however many uploads end at once', async () => {
  const cyd = await server.signUp('Cyd')
  const bytes = Buffer.alloc(5 * MEBIBYTE, 'q')
  const responses = await Promise.all([1, 2, 3, 4, 5].map(() => sendUpload(cyd, bytes)))
  const taken = responses.filter(({ status }) => status === 201)
  expect(taken).toHaveLength(3)
  const refused = responses.filter(({ status }) => status !== 201)
  for (const response of refused) expect(await problemOf(response)).toBe('413 quota_exceeded')
  const { id } = fileSchema.parse(await taken[0]?.json())
  await cyd.request('DELETE', `/api/files/${id}`)
  expect((await sendUpload(cyd, bytes)).status).toBe(201)
})

test('more uploads at once than a person may have are refused', async () => {
  const dee = await server.signUp('Dee')
  const bytes = Buffer.alloc(MEBIBYTE)
  const responses = await Promise.all(Array.from({ length: 9 }, () => sendUpload(dee, bytes)))
  const codes = responses.map(({ status }) => status)
  expect(codes).toContain(429)
  expect(codes.filter((status) => status !== 201 && status !== 429)).toEqual([])
})

test('uploads of one person are limited in the long run', async () => {
  const limited = await startTestServer({ limits: { uploads: { capacity: 2, perSecond: 0.001 } } })
  try {
    const eve = await limited.signUp('Eve')
    const statuses = []
    for (const text of ['1', '2', '3']) statuses.push((await sendUpload(eve, text)).status)
    expect(statuses).toEqual([201, 201, 429])
  } finally {
    await limited.close()
  }
})

test('nobody uploads without being signed in, or from the page of another site', async () => {
  const form = new FormData()
  form.set('file', new File(['x'], 'x'))
  const send = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${server.url}/api/files`, { method: 'POST', headers, body: form })
  expect(await problemOf(await send({ origin: server.url }))).toBe('401 unauthenticated')
  const foreign = await send({ origin: 'https://evil.example', cookie: ada.cookie })
  expect(await problemOf(foreign)).toBe('403 foreign_origin')
})

test('hostile names never leave the folder, nor reach it', async () => {
  const names = ['../../etc/passwd', 'C:\\Windows\\system.ini', '\u202Egnp.exe', '..', 'a\r\nb: c']
  const files = []
  for (const name of names) files.push(await uploadFile(ada, `of ${name}`, { name }))
  expect(files.map(({ name }) => name.includes('/') || name.includes('\\'))).not.toContain(true)
  expect(files[0]?.name).toBe('passwd')
  expect(existsSync(join(server.folder, 'passwd'))).toBe(false)
  for (const { id } of files) {
    expect(existsSync(join(server.folder, 'files', id.slice(-2), id))).toBe(true)
  }
  for (const id of ['..%2F..%2Fconnectnow.db', '../connectnow.db', '%2e%2e', 'incoming']) {
    const response = await ada.request('GET', `/api/files/${id}/content`)
    expect([400, 404]).toContain(response.status)
  }
})
