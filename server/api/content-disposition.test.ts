import { expect, test } from 'vitest'
import { formatContentDisposition } from './content-disposition.ts'

test('a plain name is quoted as it is', () => {
  expect(formatContentDisposition('inline', 'notes (1).txt')).toBe(
    'inline; filename="notes (1).txt"',
  )
})

test('any other name comes twice: readable for old clients, and exactly', () => {
  expect(formatContentDisposition('attachment', 'Größe 100%.pdf')).toBe(
    'attachment; filename="Gr__e 100_.pdf"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe%20100%25.pdf',
  )
  expect(formatContentDisposition('inline', "日本語's*.txt")).toBe(
    "inline; filename=\"___'s*.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E%27s%2A.txt",
  )
})

test('a name cannot end its quotes or begin another header', () => {
  const header = formatContentDisposition('attachment', 'a"; filename=b\\\r\nSet-Cookie: x')
  expect(header.split(';')[1]).toBe(' filename="a_')
  expect(header).not.toMatch(/[\r\n\\]/)
})
