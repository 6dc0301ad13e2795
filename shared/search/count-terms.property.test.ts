import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countTerms } from './count-terms.ts'
import { findTerm } from './match-message.ts'
import { parseSearchQuery } from './parse-query.ts'
import { segmentText } from './segment-text.ts'

const pieces = [
  'a',
  'A',
  'ab',
  'É',
  'e',
  '東京',
  '都',
  '👍🏽',
  'x'.repeat(70),
  `<@${'a'.repeat(36)}>`,
]
const text = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(' ', '', ' - ', '\u3000')))
  .map((parts) => parts.flat().join(''))
const word = fc.oneof(
  fc.constantFrom(...pieces, 'a a', 'a ab', '東京 都'),
  text,
  fc.string({ unit: 'grapheme', maxLength: 4 }),
)

test('counts the places at which plain code finds a term, in any text', () => {
  let found = 0
  fc.assert(
    fc.property(
      text,
      fc.array(word, { maxLength: 3 }),
      fc.boolean(),
      (content, words, isStarred) => {
        const star = isStarred ? '*' : ''
        const typed = words.map((each) => `"${each.replaceAll('"', '')}"${star}`).join(' ')
        const { terms } = parseSearchQuery(typed)
        const tokens = segmentText(content).map((token) => token.text)
        const times = terms.map((term) => findTerm(tokens, term).length)
        expect(countTerms(terms, content)).toEqual({ length: tokens.length, times })
        found += Math.max(0, ...times)
      },
    ),
    { numRuns: 2_000 },
  )
  // Nothing is proved of terms that are nowhere.
  expect(found).toBeGreaterThan(200)
})
