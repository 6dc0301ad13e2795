import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ada } from '../testing/updates.ts'
import { leadsOf } from './word-forms.ts'
import { isEmptyQuery, parseSearchQuery, type Filter, type Term } from './parse-query.ts'

function term(words: string, isPrefix = false): Term {
  return { tokens: words.split(' '), isPrefix }
}

describe('parseSearchQuery', () => {
  const wordCases: [text: string, terms: Term[], excluded: Term[]][] = [
    ['Hello  World', [term('hello'), term('world')], []],
    ['"Hello  World" again', [term('hello world'), term('again')], []],
    ['"left open', [term('left open')], []],
    ['word* "two wor"*', [term('word', true), term('two wor', true)], []],
    ['* ** wo*rd wo-*', [term('wo rd'), term('wo')], []],
    ['yes -no -"not this"', [term('yes')], [term('no'), term('not this')]],
    ['- -- -* "" -"" ()', [], []],
    ["don't well-known", [term('don t'), term('well known')], []],
    ['東京都 👍', [term('東京 都'), term('👍')], []],
    // As languages write onto words; not where it is quoted.
    ['한국어 "한국어" 한국어!', [term('한국어', true), term('한국어'), term('한국어', true)], []],
    ['"שלום" של', [term('שלום'), term('של')], []],
    ['צה"ל', [{ ...term('צהל'), leads: leadsOf('צהל') }], []],
    ['-كتاب', [], [{ ...term('كتاب'), leads: leadsOf('كتاب') }]],
    // No operators, or values that they do not have.
    ['https://example.test', [term('https example test')], []],
    ['from: in:"" has:wings is:', [term('from'), term('in'), term('has wings'), term('is')], []],
    ['before:2026-02-30 after:x', [term('before 2026 02 30'), term('after x')], []],
    ['-during:never', [], [term('during never')]],
    ['a OR b NOT c', ['a', 'or', 'b', 'not', 'c'].map((each) => term(each)), []],
    ['NEAR(d)', [term('near d')], []],
    ['words:x ^y {z}', [term('words x'), term('y'), term('z')], []],
  ]
  test.each(wordCases)('reads words: %s', (text, terms, excluded) => {
    expect(parseSearchQuery(text)).toEqual({ terms, excluded, filters: [] })
  })

  const day = Date.UTC(2026, 4, 1)
  const nextDay = Date.UTC(2026, 4, 2)
  const end = Number.MAX_SAFE_INTEGER
  const filterCases: [text: string, ...filters: Filter[]][] = [
    ['from:ada', { kind: 'from', name: 'ada', isNegated: false }],
    ['FROM:"Ada Lovelace"', { kind: 'from', name: 'Ada Lovelace', isNegated: false }],
    [`-from:<@${ada}>`, { kind: 'from', name: ada, isNegated: true }],
    ['in:#general', { kind: 'in', name: 'general', isNegated: false }],
    ['before:2026-05-01', { kind: 'time', span: { from: 0, to: day }, isNegated: false }],
    ['after:2026-05-01', { kind: 'time', span: { from: nextDay, to: end }, isNegated: false }],
    ['-during:2026-05-01', { kind: 'time', span: { from: day, to: nextDay }, isNegated: true }],
    [
      'during:2026-12',
      {
        kind: 'time',
        span: { from: Date.UTC(2026, 11), to: Date.UTC(2027, 0) },
        isNegated: false,
      },
    ],
    [
      'during:2024',
      {
        kind: 'time',
        span: { from: Date.UTC(2024, 0), to: Date.UTC(2025, 0) },
        isNegated: false,
      },
    ],
    [
      'has:File -is:PINNED',
      { kind: 'property', property: 'file', isNegated: false },
      { kind: 'property', property: 'pinned', isNegated: true },
    ],
  ]
  test.each(filterCases)('reads filters: %s', (text, ...filters) => {
    expect(parseSearchQuery(text)).toEqual({ terms: [], excluded: [], filters })
  })

  test('keeps what a person would type, and looks for no more', () => {
    const { terms } = parseSearchQuery(Array.from({ length: 10_000 }, (_, n) => `w${n}`).join(' '))
    expect(terms).toHaveLength(32)
    const [phrase] = parseSearchQuery(`"${'word '.repeat(10_000)}"*`).terms
    expect(phrase).toEqual(term('word '.repeat(64).trim()))
    expect(parseSearchQuery('has:file '.repeat(100)).filters).toHaveLength(16)
  })

  test('answers any string, of any length', () => {
    const piece = fc.oneof(
      fc.constantFrom('"', '-', '*', ':', ' ', '\0', '\uD800', 'from:', 'is:', 'has:', 'before:'),
      fc.constantFrom('(', ')', 'AND', 'NOT', 'NEAR', '^', '+', '{', '}', '\\', "'", '%00', '<@'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        const query = parseSearchQuery(text)
        const tokens = [...query.terms, ...query.excluded].flatMap((each) => each.tokens)
        for (const token of tokens) expect(token).toMatch(/^[a-z0-9\u0080-\u{10FFFF}]+$/u)
        expect(isEmptyQuery(query)).toBe(tokens.length + query.filters.length === 0)
      }),
    )
    for (const sign of ['"', '-', '*', 'from:', '東', '\0', '\uDC00', 'a"']) {
      parseSearchQuery(sign.repeat(10_240))
    }
  })
})
