import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitContent } from './split-content.ts'

test('a text that fits stays as it is', () => {
  expect(splitContent('a\nb', 3)).toEqual(['a\nb'])
})

test('a code block that is cut is closed, and opened again behind the cut', () => {
  const code = Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n')
  const parts = splitContent(`before\n\`\`\`\n${code}\n\`\`\`\nafter`, 80)
  expect(parts.length).toBeGreaterThan(2)
  for (const part of parts) expect((part.match(/^```$/gm) ?? []).length % 2).toBe(0)
  expect(parts.join('\n').match(/line \d+/g)).toHaveLength(20)
})

test('every part fits, no character is lost, none is cut in half', () => {
  const piece = fc.constantFrom(
    'word ',
    'a\n',
    '```\n',
    '\n```\n',
    '🎉',
    'ünï',
    '漢字',
    'x'.repeat(70),
    '\n',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 200 }),
      fc.integer({ min: 60, max: 300 }),
      (pieces, max) => {
        const text = pieces.join('')
        const parts = splitContent(text, max)
        const solid = (value: string): string => value.replace(/[\s`]/g, '')
        expect(solid(parts.join(''))).toBe(solid(text))
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(max)
          expect(part.isWellFormed()).toBe(true)
        }
      },
    ),
    { numRuns: 1_000 },
  )
})
