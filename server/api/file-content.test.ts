import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { startS3Server, type S3Server } from '../testing/s3-server.ts'
import { drawPicture, uploadFile } from '../testing/upload.ts'

let server: TestServer
let ada: TestPerson

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
})
afterAll(() => server.close())

function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return fetch(`${server.url}${path}`, { method, headers: { cookie: ada.cookie, ...headers } })
}

test('content comes back as it was sent, with a tag that spares the next time', async () => {
  const { id, checksum } = await uploadFile(ada, 'twenty bytes of text', { name: 'Größe.txt' })
  const whole = await get(`/api/files/${id}/content`)
  expect(await whole.text()).toBe('twenty bytes of text')
  const { headers } = whole
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(headers.get('content-length')).toBe('20')
  expect(headers.get('etag')).toBe(`"${checksum}"`)
  expect(headers.get('cache-control')).toBe('private, no-cache, no-transform')
  expect(headers.get('content-disposition')).toContain('inline; filename="Gr__e.txt"; filename*=')
  for (const tags of [`"${checksum}"`, `"other", W/"${checksum}"`, '*']) {
    const known = await get(`/api/files/${id}/content`, { 'if-none-match': tags })
    expect([known.status, await known.text()]).toEqual([304, ''])
    expect(known.headers.get('etag')).toBe(`"${checksum}"`)
  }
  const changed = await get(`/api/files/${id}/content`, { 'if-none-match': '"other"' })
  expect(changed.status).toBe(200)
})

test('parts come by range, and a range behind the end is said to be one', async () => {
  const { id, checksum } = await uploadFile(ada, '0123456789')
  const part = async (range: string, more: Record<string, string> = {}) => {
    const response = await get(`/api/files/${id}/content`, { range, ...more })
    return [response.status, await response.text(), response.headers.get('content-range')]
  }
  expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10'])
  expect(await part('bytes=0-0')).toEqual([206, '0', 'bytes 0-0/10'])
  expect(await part('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10'])
  expect(await part('bytes=8-99')).toEqual([206, '89', 'bytes 8-9/10'])
  expect(await part('bytes=10-')).toEqual([416, '', 'bytes */10'])
  expect(await part('bytes=1-2,4-5')).toEqual([200, '0123456789', null])
  expect(await part('bytes=1-2', { 'if-range': `"${checksum}"` })).toEqual([
    206,
    '12',
    'bytes 1-2/10',
  ])
  expect(await part('bytes=1-2', { 'if-range': '"older"' })).toEqual([200, '0123456789', null])
})

test('a file is looked at without its bytes by HEAD', async () => {
  const { id } = await uploadFile(ada, '0123456789')
  const head = await get(`/api/files/${id}/content`, {}, 'HEAD')
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
  expect(await head.text()).toBe('')
})

test('an empty file has no byte to send', async () => {
  const { id } = await uploadFile(ada, '')
  const whole = await get(`/api/files/${id}/content`)
  expect([whole.status, await whole.text()]).toEqual([200, ''])
  expect((await get(`/api/files/${id}/content`, { range: 'bytes=0-' })).status).toBe(416)
})

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
const dangerous: [name: string, content: string, type: string][] = [
  ['page.html', '<!doctype html><script>alert(1)</script>', 'text/html; charset=utf-8'],
  ['photo.png', '<html><script>alert(1)</script></html>', 'text/html; charset=utf-8'],
  ['drawing.svg', svg, 'image/svg+xml'],
  ['paper.pdf', '%PDF-1.7\n1 0 obj', 'application/pdf'],
  ['feed.xml', '<?xml version="1.0"?><x/>', 'application/xml'],
  [
    'script.pdf',
    '%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>',
    'application/pdf',
  ],
  ['page.pdf', '%PDF-1.7\n<!doctype html><script>alert(1)</script>', 'application/pdf'],
  ['comment.svg', `<!-- ${'x'.repeat(5_000)} -->${svg}`, 'image/svg+xml'],
  [
    'page.xhtml',
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    'application/xml',
  ],
]

test.each(dangerous)('no script runs from %s', async (name, content, type) => {
  // Whatever the uploader says it is.
  const { id } = await uploadFile(ada, content, { name, type: 'image/png' })
  const { headers } = await get(`/api/files/${id}/content`)
  expect(headers.get('content-type')).toBe(type)
  expect(headers.get('content-disposition')).toMatch(/^attachment;/)
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
})

const scripts: [name: string, content: string | Buffer, type: string][] = [
  ['code.js', 'alert(1)', 'text/plain; charset=utf-8'],
  ['rules.css', '@import "x";', 'text/plain; charset=utf-8'],
  // Begins as a picture, and is a script to whoever does not look at its type.
  [
    'polyglot.gif',
    Buffer.from('GIF89a/*\0\0\0*/=1;alert(1)//<script>alert(1)</script>'),
    'image/gif',
  ],
]

test.each(scripts)('%s is shown, and no page can run it', async (name, content, type) => {
  const { id } = await uploadFile(ada, new Uint8Array(Buffer.from(content)), {
    name,
    type: 'text/javascript',
  })
  const { headers } = await get(`/api/files/${id}/content`)
  // Browsers take neither text nor pictures for scripts or styles where sniffing is forbidden.
  expect(headers.get('content-type')).toBe(type)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
})

test('a picture has its size and a thumbnail; a text has none', async () => {
  const picture = await uploadFile(ada, await drawPicture(900, 600, 'jpeg'), {
    name: 'x.bin',
    type: 'text/html',
  })
  expect(picture).toMatchObject({ type: 'image/jpeg', width: 900, height: 600, hasThumbnail: true })
  const thumbnail = await get(`/api/files/${picture.id}/thumbnail`)
  expect(thumbnail.headers.get('content-type')).toBe('image/webp')
  expect(thumbnail.headers.get('content-disposition')).toBe('inline; filename="x.bin.webp"')
  const shown = Buffer.from(await thumbnail.arrayBuffer())
  expect(thumbnail.headers.get('content-length')).toBe(String(shown.length))
  expect(shown.subarray(8, 12).toString()).toBe('WEBP')
  const text = await uploadFile(ada, 'text', { name: 'x.jpg', type: 'image/jpeg' })
  expect(text).toMatchObject({ width: null, height: null, hasThumbnail: false })
  expect(await problemOf(await get(`/api/files/${text.id}/thumbnail`))).toBe('404 not_found')
})

test('what is attached to nothing is deleted by its owner, at once and for good', async () => {
  const { id } = await uploadFile(ada, 'regretted')
  expect((await get(`/api/files/${id}`)).status).toBe(200)
  expect((await ada.request('DELETE', `/api/files/${id}`)).status).toBe(204)
  for (const path of [`/api/files/${id}`, `/api/files/${id}/content`]) {
    expect(await problemOf(await get(path))).toBe('404 not_found')
  }
  expect(await problemOf(await ada.request('DELETE', `/api/files/${id}`))).toBe('404 not_found')
})

test('with a bucket as store, everything goes the same way', async () => {
  let bucket: S3Server | undefined
  let other: TestServer | undefined
  try {
    bucket = await startS3Server()
    other = await startTestServer({ files: { s3: bucket.config } })
    const ben = await other.signUp('Ben')
    const bytes = await drawPicture(40, 30)
    const { id } = await uploadFile(ben, bytes)
    const whole = await ben.request('GET', `/api/files/${id}/content`)
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
    expect((await ben.request('GET', `/api/files/${id}/thumbnail`)).status).toBe(200)
    const part = await fetch(`${other.url}/api/files/${id}/content`, {
      headers: { cookie: ben.cookie, range: 'bytes=1-3' },
    })
    expect([part.status, await part.text()]).toEqual([206, 'PNG'])
  } finally {
    await other?.close()
    await bucket?.close()
  }
})
