import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { signUp, type Person } from '../../e2e/testing/person.ts'
import { spawnServer, type StartingServer } from '../../e2e/testing/server-process.ts'
import { fileIdSchema, type FileId } from '../../shared/ids.ts'
import { openDatabase } from '../database/open-database.ts'
import { startS3Server, type S3Server } from '../testing/s3-server.ts'
import { drawPicture } from '../testing/upload.ts'
import { createDiskFileStore } from './disk-file-store.ts'
import { fileKey, shards, type FileStore } from './file-store.ts'
import { createS3FileStore } from './s3-file-store.ts'

const ID = fileIdSchema.parse('0193a5a0-0000-7000-8000-0000000000d1')

let dataDir: string
let running: StartingServer | undefined
let bucket: S3Server
let closing: (() => Promise<void> | void)[]

beforeEach(async () => {
  closing = []
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  bucket = await startS3Server()
  return async () => {
    await running?.kill()
    for (const close of closing) await close()
    await bucket.close()
    rmSync(dataDir, { recursive: true })
  }
})

async function start(endpoint?: string): Promise<string> {
  const key = bucket.config.credentials
  const settings = {
    S3_BUCKET: bucket.config.bucket,
    S3_ENDPOINT: endpoint ?? '',
    S3_PATH_STYLE: 'true',
    S3_ACCESS_KEY_ID: key?.accessKeyId ?? '',
    S3_SECRET_ACCESS_KEY: key?.secretAccessKey.reveal() ?? '',
  }
  const fail = (error: Error): void => expect.fail(error.message)
  running = await spawnServer(dataDir, fail, endpoint === undefined ? {} : { settings })
  return (await running.listening).url
}

function rowsAndUse(): unknown {
  const { sqlite, close } = openDatabase(join(dataDir, 'connectnow.db'))
  const found = sqlite
    .prepare('SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes FROM file_uploads')
    .get()
  void close()
  return found
}

const nothing = { files: 0, bytes: 0 }

async function keysIn(store: FileStore): Promise<string[]> {
  const keys: string[] = []
  for (const shard of shards) for await (const { key } of store.list(shard)) keys.push(key)
  return keys
}

/** Sends the beginning of a form with a file of a megabyte, and no more. */
function beginUpload(url: string, { cookie }: Person, id: FileId): Socket {
  const { hostname, port, origin } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  const form =
    `--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n${id}\r\n` +
    `--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${'y'.repeat(300_000)}`
  socket.write(
    `POST /api/files HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${cookie}\r\n` +
      `Origin: ${origin}\r\nContent-Type: multipart/form-data; boundary=x\r\n` +
      `Content-Length: 1000000\r\n\r\n${form}`,
  )
  return socket
}

const underWay = (): string[] => readdirSync(join(dataDir, 'files/incoming'))

async function send(url: string, { cookie }: Person, id: FileId, bytes: Uint8Array<ArrayBuffer>) {
  const form = new FormData()
  form.set('id', id)
  form.set('file', new File([bytes], 'picture.png'))
  const headers = { cookie, origin: url }
  return (await fetch(`${url}/api/files`, { method: 'POST', headers, body: form })).status
}

/** Stands before the bucket: hands everything on, and keeps the answer to what it is told to. */
async function openProxy(isKept: (key: string) => boolean) {
  const kept = Promise.withResolvers<void>()
  const proxy: Server = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked
    const target = new URL(url, bucket.config.endpoint)
    const onward = request(target, { method, headers }, (answered) => {
      if (method === 'PUT' && isKept(url)) {
        answered.resume()
        kept.resolve()
        return
      }
      answer.writeHead(answered.statusCode ?? 500, answered.headers)
      answered.pipe(answer)
    })
    asked.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const { port } = proxy.address() as AddressInfo // a TCP server has no other kind of address
  return { url: `http://127.0.0.1:${port}`, kept: kept.promise }
}

test('an upload that the kill of the server cuts off leaves neither row, byte nor use of the quota', async () => {
  const store = createDiskFileStore(join(dataDir, 'files'))
  let url = await start()
  const ada = await signUp(url, 'Ada')
  const socket = beginUpload(url, ada, ID)
  await expect.poll(underWay).toHaveLength(1)
  await running?.kill()
  socket.destroy()
  expect(underWay()).toHaveLength(1)
  url = await start()
  expect(underWay()).toEqual([])
  expect([await keysIn(store), rowsAndUse()]).toEqual([[], nothing])
  expect(await send(url, ada, ID, await drawPicture(30, 20))).toBe(201)
})

test('in a bucket, too, what a sender or a kill breaks off before its end comes to nothing', async () => {
  const store = createS3FileStore(bucket.config)
  let url = await start(bucket.config.endpoint)
  const ada = await signUp(url, 'Ada')
  for (const end of ['sender', 'server']) {
    const socket = beginUpload(url, ada, ID)
    await expect.poll(underWay).toHaveLength(1)
    if (end === 'server') await running?.kill()
    socket.destroy()
    if (end === 'server') url = await start(bucket.config.endpoint)
    await expect.poll(underWay).toEqual([])
    expect([await keysIn(store), rowsAndUse()]).toEqual([[], nothing])
  }
  expect(await send(url, ada, ID, await drawPicture(30, 20))).toBe(201)
  expect(await keysIn(store)).toEqual([fileKey(ID, 'content'), fileKey(ID, 'thumbnail')])
})

test('what the bucket has, but the killed server did not hear of, is swept at the next start', async () => {
  const store = createS3FileStore(bucket.config)
  const proxy = await openProxy((key) => key.includes(`${ID}?`) || key.endsWith(ID))
  let url = await start(proxy.url)
  const ada = await signUp(url, 'Ada')
  const picture = await drawPicture(30, 20)
  const sent = send(url, ada, ID, picture).catch(() => 0)
  await proxy.kept
  expect(rowsAndUse()).toMatchObject({ files: 1 })
  await running?.kill()
  expect(await sent).toBe(0)
  expect(await keysIn(store)).toEqual([fileKey(ID, 'content'), fileKey(ID, 'thumbnail')])
  url = await start(bucket.config.endpoint)
  await expect.poll(() => keysIn(store)).toEqual([])
  await expect.poll(rowsAndUse).toEqual(nothing)
  expect(await send(url, ada, ID, picture)).toBe(201)
  expect(existsSync(join(dataDir, 'files', ID.slice(-2)))).toBe(false)
})
