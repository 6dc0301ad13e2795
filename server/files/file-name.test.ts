import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sanitizeFileName } from './file-name.ts'

const names: [given: string, kept: string][] = [
  ['Report 2026.pdf', 'Report 2026.pdf'],
  ['日本語.txt', '日本語.txt'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\win.ini', 'win.ini'],
  ['.htaccess', 'htaccess'],
  ['..', 'file'],
  ['', 'file'],
  ['   ', 'file'],
  ['photo\u202Egnp.exe', 'photognp.exe'],
  ['a\0b\nc\u200Bd.txt', 'abcd.txt'],
  ['x"; rm -rf $HOME;`id`.sh', 'x__ rm -rf _HOME__id_.sh'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['console.txt', 'console.txt'],
  ['trailing. . ', 'trailing'],
  ['e\u0301.txt', '\u00E9.txt'],
  ['lone\uD800.txt', 'lone.txt'],
]

test.each(names)('%j is kept as %j', (given, kept) => {
  expect(sanitizeFileName(given)).toBe(kept)
})

test('a long name keeps its extension, and every character whole', () => {
  const name = sanitizeFileName(`${'😀'.repeat(100)}.tar.gz`)
  expect(name).toBe(`${'😀'.repeat(49)}.gz`)
  expect(Buffer.byteLength(sanitizeFileName(`a.${'b'.repeat(400)}`))).toBe(200)
})

test('whatever is given, the name is short, printable, and stays as it is the second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const name = sanitizeFileName(given)
      expect(name).not.toBe('')
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(201)
      expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}/\\"<>]/u)
      expect(name.startsWith('.')).toBe(false)
      expect(sanitizeFileName(name)).toBe(name)
    }),
  )
})
