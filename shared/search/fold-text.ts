/**
 * Folds what people write differently and mean alike: case, diacritics, vowel points, widths. The
 * same on both sides, for what is indexed and for what is asked.
 */

/** Marks that many leave out in writing, and what nobody sees: code points, first to last. */
const OPTIONAL_MARKS = [
  // Accents of Latin, Greek and Cyrillic; the breve apart, see below.
  '300-305 307-36f 1ab0-1aff 1dc0-1dff 20d0-20ff',
  // Hebrew: niqqud and cantillation.
  '591-5bd 5bf-5bf 5c1-5c2 5c4-5c5 5c7-5c7',
  // Arabic: harakat, hamza above and below, tatweel, signs of the Quran.
  '610-61a 640-640 64b-65f 670-670 6d6-6dc 6df-6e4 6e7-6e8 6ea-6ed',
  // Variants of one character.
  'fe00-fe0f e0100-e01ef',
]
/** A breve makes й another letter than и. */
const BREVE = '(?<!и)\\u0306'
const UNSEEN = '\\p{Cf}'
const OPTIONAL = new RegExp(
  [
    BREVE,
    UNSEEN,
    ...OPTIONAL_MARKS.map((ranges) =>
      ranges.replaceAll(/(\w+)-(\w+) ?/g, '[\\u{$1}-\\u{$2}]|').slice(0, -1),
    ),
  ].join('|'),
  'gu',
)

/** Letters that Unicode does not take apart, and which keyboards of other languages lack. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ς: 'σ',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ı: 'i',
}
const UNPLAIN = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu')
const ONLY_ASCII = /^\p{ASCII}*$/u

/** Marks that make other words in their scripts (Thai vowels, Japanese dakuten, й) stay. */
export function foldText(text: string): string {
  if (ONLY_ASCII.test(text)) return text.toLowerCase()
  return (
    text
      .normalize('NFKD')
      // Upper case first: it takes apart what lower case keeps, such as ß.
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKD')
      .replaceAll(OPTIONAL, '')
      .replaceAll(UNPLAIN, (letter) => PLAIN_LETTERS[letter] ?? letter)
      .normalize('NFC')
  )
}
