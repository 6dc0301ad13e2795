import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeSnippet } from './make-snippet.ts'
import { parseSearchQuery } from './parse-query.ts'

function snippetOf(content: string, query: string): { text: string; marked: string[] } {
  const { text, highlights } = makeSnippet(content, parseSearchQuery(query).terms)
  return { text, marked: highlights.map(({ start, end }) => text.slice(start, end)) }
}

describe('makeSnippet', () => {
  test.each([
    ['Ship it on *Friday*', 'friday ship', ['Ship', 'Friday']],
    ['the big blue house', '"big blue"', ['big blue']],
    ['naïve Naivety', 'naiv*', ['naïve', 'Naivety']],
    ['東京都に', '東京', ['東京']],
    ['👍🏽 yes', '👍', ['👍🏽']],
    ['<b>bold</b> & "quoted"', 'bold', ['bold']],
    ['don’t', "don't", ['don’t']],
  ])('marks in %j what %j asks for', (content, query, marked) => {
    expect(snippetOf(content, query)).toEqual({ text: content, marked })
  })

  test('cuts a long message around the first place', () => {
    const content = `${'before '.repeat(100)}needle${' after'.repeat(100)}`
    const { text, marked } = snippetOf(content, 'needle')
    expect(marked).toEqual(['needle'])
    expect(text.length).toBeLessThan(250)
    expect(text).toMatch(/^….*needle.*…$/)
  })

  test('tears no character apart, and marks only what is there', () => {
    const content = fc.string({ unit: 'grapheme', minLength: 200, maxLength: 600 })
    fc.assert(
      fc.property(content, fc.string({ unit: 'grapheme', maxLength: 3 }), (given, asked) => {
        const { text, highlights } = makeSnippet(given, parseSearchQuery(asked).terms)
        expect(text.isWellFormed()).toBe(true)
        let last = 0
        for (const { start, end } of highlights) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          last = end
        }
        expect(last).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})
