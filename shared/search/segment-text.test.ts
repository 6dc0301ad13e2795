import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ada } from '../testing/updates.ts'
import { segmentText } from './segment-text.ts'

function words(text: string): string[] {
  return segmentText(text).map((token) => token.text)
}

/** Text, and the tokens by which it is found. */
const cases: [text: string, tokens: string[]][] = [
  ['', []],
  [' \n\t—!?', []],
  ["Don't panic: it's 3.14!", ['don', 't', 'panic', 'it', 's', '3', '14']],
  ['Don’t', ['don', 't']],
  ['snake_case, kebab-case, camelCase', ['snake', 'case', 'kebab', 'case', 'camelcase']],
  ['**bold** _slanted_ `code` ~~gone~~', ['bold', 'slanted', 'code', 'gone']],
  ['[a link](https://example.test/x?y=1)', 'a link https example test x y 1'.split(' ')],
  [`Hello <@${ada}>, and <@channel> and <@here>!`, ['hello', 'and', 'and']],
  ['<@somebody else>', ['somebody', 'else']],
  // Case and diacritics.
  ['CRÈME BRÛLÉE', ['creme', 'brulee']],
  ['creme\u0300 STRASSE Straße', ['creme', 'strasse', 'strasse']],
  ['Łódź Ørsted Þór Ħaż æon', ['lodz', 'orsted', 'thor', 'haz', 'aeon']],
  ['ΟΔΟΣ οδός', ['οδοσ', 'οδοσ']],
  ['İstanbul ISTANBUL ılık', ['istanbul', 'istanbul', 'ilik']],
  ['ёлка йод и', ['елка', 'йод', 'и']],
  ['ＡＢＣ１２３ ﬁne', ['abc123', 'fine']],
  // By word, where no spaces tell words apart.
  ['東京都に行きました', ['東京', '都', 'に', '行き', 'ま', 'した']],
  ['我喜欢北京大学', ['我', '喜欢', '北京', '大学']],
  ['สวัสดีครับ', ['สวัสดี', 'ครับ']],
  ['がぎ ｶﾞ', ['が', 'ぎ', 'ガ']],
  ['한국어를 공부합니다', ['한국어를', '공부합니다']],
  ['한국어'.normalize('NFD'), ['한국어']],
  // With and without what is optional in writing.
  ['مُحَمَّد محمد مـحـمـد', ['محمد', 'محمد', 'محمد']],
  ['أحمد إبراهيم', ['احمد', 'ابراهيم']],
  ['שָׁלוֹם שלום', ['שלום', 'שלום']],
  ['می\u200Cخواهم soft\u00ADhyphen', ['ميخواهم', 'softhyphen']],
  ['مكتبة مكتبه موسى موسی کتاب', ['مكتبه', 'مكتبه', 'موسي', 'موسي', 'كتاب']],
  ['צה״ל צה"ל ג׳ירפה ג\'ירפה', ['צהל', 'צהל', 'גירפה', 'גירפה']],
  ['٣١ ۴۵ १२ ๑๒ ၀၉ 7', ['31', '45', '12', '12', '09', '7']],
  // Emoji are words; skin and presentation make no other one.
  ['👍👍🏽 ❤️❤', ['👍', '👍', '❤', '❤']],
  ['👩‍💻 🇩🇪🇫🇷 1️⃣', ['👩‍💻', '🇩🇪', '🇫🇷', '1']],
  ['great🎉party', ['great', '🎉', 'party']],
]

describe('segmentText', () => {
  test.each(cases)('finds %j by its words', (text, tokens) => {
    expect(words(text)).toEqual(tokens)
  })

  test('tells where each word stands', () => {
    const text = 'Ein 🎉 für Zoë’s 東京都'
    const found = segmentText(text).map(({ start, end }) => text.slice(start, end))
    expect(found).toEqual(['Ein', '🎉', 'für', 'Zoë’s', 'Zoë’s', '東京', '都'])
  })

  test('makes several tokens of a word that is longer than any', () => {
    expect(words('ä'.repeat(150)).map(({ length }) => length)).toEqual([64, 64, 22])
    expect(words('x'.repeat(64))).toHaveLength(1)
  })

  test('ASCII is cut as the rules of Unicode cut it, and then at each sign', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        const slow = [...segmenter.segment(text)].flatMap(({ segment }) =>
          segment.split(/[^A-Za-z0-9]+/).filter((part) => part !== ''),
        )
        expect(words(text)).toEqual(slow.map((word) => word.toLowerCase()))
      }),
    )
  })

  test('any string has tokens that an index can tell apart, and finds itself again', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
    const torn = fc.tuple(text, fc.constantFrom('', '\uD83D', '\0', '\uDC4D'), text)
    fc.assert(
      fc.property(torn, (parts) => {
        const tokens = segmentText(parts.join(''))
        for (const token of tokens) {
          expect(token.text).toMatch(/^[a-z0-9\u0080-\u{10FFFF}]+$/u)
          expect(token.text.isWellFormed()).toBe(true)
          expect(token.end).toBeGreaterThan(token.start)
        }
      }),
    )
  })
})
