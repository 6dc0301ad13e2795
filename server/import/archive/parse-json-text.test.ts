import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonFault } from './find-json-fault.ts'
import { parseJsonText } from './parse-json-text.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

test.each([
  ['', 1, 1],
  ['[1,\n 2,\n x]', 3, 2],
  ['{"a": 1,}', 1, 9],
  ['[1] 2', 1, 5],
  ['{"a" 1}', 1, 6],
  ['["abc', 1, 2],
  ['[01]', 1, 3],
  ['["\\q"]', 1, 2],
])('%j is broken at line %i, column %i', (text, line, column) => {
  expect(parseJsonText(bytes(text))).toEqual({
    isParsed: false,
    problem: 'is not valid JSON',
    line,
    column,
  })
})

test('bytes that are no UTF-8 are told as such', () => {
  expect(parseJsonText(Uint8Array.of(0x5b, 0xff, 0x5d))).toEqual({
    isParsed: false,
    problem: 'is not UTF-8 text',
  })
})

test('a byte order mark is no fault', () => {
  expect(parseJsonText(bytes('\ufeff[1]'))).toEqual({ isParsed: true, value: [1] })
})

test.each(['[', '{"a":'])('text nested a million deep in %j is refused, not walked', (open) => {
  const parsed = parseJsonText(bytes(open.repeat(1_000_000)))
  expect(parsed).toMatchObject({ isParsed: false, problem: 'is nested too deep', line: 1 })
})

test('brackets in strings do not count as depth', () => {
  const value = ['['.repeat(500), '\\"['.repeat(500)]
  expect(parseJsonText(bytes(JSON.stringify(value)))).toEqual({ isParsed: true, value })
})

test('whatever the bytes, an answer comes, and it agrees with JSON.parse', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.nat(), fc.string(), (json, at, inserted) => {
      const text =
        json.slice(0, at % (json.length + 1)) + inserted + json.slice(at % (json.length + 1))
      let isValid = true
      try {
        JSON.parse(text)
      } catch (error) {
        isValid = !(error instanceof SyntaxError)
      }
      expect(findJsonFault(text) === text.length && isValid).toBe(isValid)
      if (text.isWellFormed()) expect(parseJsonText(bytes(text)).isParsed).toBe(isValid)
    }),
    { numRuns: 2_000 },
  )
})
