import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sniffType } from './sniff-type.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function typeOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'file')
  writeFileSync(path, content)
  return sniffType(path)
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

const texts: [content: string, type: string][] = [
  ['', 'text/plain'],
  ['plain words', 'text/plain'],
  ['café 日本語', 'text/plain'],
  ['< 3 apples', 'text/plain'],
  ['<!DOCTYPE html><script>alert(1)</script>', 'text/html'],
  ['\n <script>alert(1)</script>', 'text/html'],
  ['<!-- x --><HTML>', 'text/html'],
  [svg, 'image/svg+xml'],
  [`<?xml version="1.0"?>\n${svg}`, 'image/svg+xml'],
  ['<?xml version="1.0"?><note></note>', 'application/xml'],
  ['%PDF-1.7\n', 'application/pdf'],
]

test.each(texts)('%j is %s', async (content, type) => {
  expect(await typeOf(content)).toBe(type)
})

test('bytes are known by their signature, and unknown without one', async () => {
  const png = Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489',
    'hex',
  )
  expect(await typeOf(Buffer.concat([png, Buffer.from('00000000', 'hex')]))).toMatch(/^image\/png$/)
  expect(await typeOf(Buffer.from([0, 1, 2, 3, 255]))).toBe('application/octet-stream')
  expect(await typeOf(Buffer.from('text, but \0 with a zero'))).toBe('application/octet-stream')
  expect(await typeOf(Buffer.from('MZ\x90\0'))).not.toMatch(/^(text|image)/)
})

test('a long text that is cut within a character is text all the same', async () => {
  expect(await typeOf(`a${'é'.repeat(50_000)}`)).toBe('text/plain')
})
