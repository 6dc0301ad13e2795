import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPicture } from './read-picture.ts'

// Thumbnails are looked at from memory, which the product never does.
sharp.unblock({ operation: ['VipsForeignLoadWebpBuffer'] })

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function keep(bytes: Uint8Array): string {
  const path = join(folder, `${Math.trunc(performance.now() * 1000)}`)
  writeFileSync(path, bytes)
  return path
}

function draw(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#a33' } })
}

test.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('%s is read', async (format) => {
  const picture = await readPicture(
    keep(await draw(1_200, 600).toFormat(format).toBuffer()),
    `image/${format}`,
  )
  expect(picture).toMatchObject({ width: 1_200, height: 600 })
  const { format: kind, width, height } = await sharp(picture?.thumbnail).metadata()
  expect([kind, width, height]).toEqual(['webp', 480, 240])
})

test('a picture that lies on its side is measured and shown upright, without its metadata', async () => {
  const bytes = await draw(600, 300).jpeg().withMetadata({ orientation: 6 }).toBuffer()
  const picture = await readPicture(keep(bytes), 'image/jpeg')
  expect(picture).toMatchObject({ width: 300, height: 600 })
  const { width, height, exif } = await sharp(picture?.thumbnail).metadata()
  expect([width, height, exif]).toEqual([240, 480, undefined])
})

test('where a picture was taken, and by what, is in no thumbnail', async () => {
  const exif = {
    IFD0: { Make: 'Cameramaker', Copyright: 'Ada' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitude: '0/1 7/1 0/1' },
  }
  const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>Secretplace</rdf:RDF></x:xmpmeta>'
  const bytes = await draw(600, 300)
    .jpeg()
    .withExif(exif)
    .withXmp(xmp)
    .withIccProfile('p3')
    .toBuffer()
  for (const word of ['Cameramaker', 'Secretplace']) expect(bytes.includes(word)).toBe(true)
  const picture = await readPicture(keep(bytes), 'image/jpeg')
  const { exif: found, xmp: about, icc, iptc } = await sharp(picture?.thumbnail).metadata()
  expect([found, about, icc, iptc]).toEqual([undefined, undefined, undefined, undefined])
  for (const word of ['Cameramaker', 'Secretplace', 'GPS', 'Exif']) {
    expect(picture?.thumbnail.includes(word)).toBe(false)
  }
})

test('a small picture is not made larger', async () => {
  const picture = await readPicture(keep(await draw(20, 10).png().toBuffer()), 'image/png')
  expect((await sharp(picture?.thumbnail).metadata()).width).toBe(20)
})

/** A valid PNG of one colour: kilobytes that unpack to as many pixels as one likes. */
function bomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const rows = Buffer.alloc((Math.ceil(side / 8) + 1) * side)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.of()),
  ]
  return Buffer.concat([signature, ...parts])
}

function crc32(bytes: Buffer): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ 0xffffffff) >>> 0
}

test('a bomb is not unpacked', async () => {
  const bytes = bomb(20_000)
  expect(bytes.length).toBeLessThan(100_000)
  const before = process.memoryUsage().rss
  expect(await readPicture(keep(bytes), 'image/png')).toBeUndefined()
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  expect(await readPicture(keep(bomb(100)), 'image/png')).toMatchObject({ width: 100 })
})

test('what is damaged, no picture, or of a format that is not decoded has no size', async () => {
  const png = await draw(400, 400).png({ compressionLevel: 0 }).toBuffer()
  expect(await readPicture(keep(png.subarray(0, 5_000)), 'image/png')).toBeUndefined()
  expect(await readPicture(keep(Buffer.from('no picture')), 'image/png')).toBeUndefined()
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  for (const type of ['image/svg+xml', 'image/png', 'text/plain']) {
    expect(await readPicture(keep(svg), type)).toBeUndefined()
  }
  expect(await readPicture(keep(await draw(9, 9).tiff().toBuffer()), 'image/png')).toBeUndefined()
})
