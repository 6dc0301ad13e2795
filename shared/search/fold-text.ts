/**
 * Folds what people write differently and mean alike: case, diacritics, vowel points, widths. The
 * same on both sides, for what is indexed and for what is asked.
 */

/** Marks that many leave out in writing, and what nobody sees: code points, first to last. */
const OPTIONAL_MARKS = [
  // Accents of Latin, Greek and Cyrillic; the breve apart, see below.
  '300-305 307-36f 1ab0-1aff 1dc0-1dff 20d0-20ff',
  // Hebrew: niqqud and cantillation, the signs within abbreviations.
  '591-5bd 5bf-5bf 5c1-5c2 5c4-5c5 5c7-5c7 5f3-5f4',
  // Arabic: harakat, hamza above and below, tatweel, signs of the Quran.
  '610-61a 640-640 64b-65f 670-670 6d6-6dc 6df-6e4 6e7-6e8 6ea-6ed',
  // Variants of one character.
  'fe00-fe0f e0100-e01ef',
]
/** A breve makes й another letter than и. */
const BREVE = '(?<!и)\\u0306'
const UNSEEN = '\\p{Cf}'
/** For geresh and gershayim, which few keyboards have. */
const HEBREW_QUOTE = `(?<=\\p{Script=Hebrew})["'](?=\\p{Script=Hebrew})`
const OPTIONAL = new RegExp(
  [
    BREVE,
    UNSEEN,
    HEBREW_QUOTE,
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
  // Arabic writes these either way; keyboards of Persian and Urdu have others.
  ة: 'ه',
  ہ: 'ه',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
}
const UNPLAIN = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu')
/** Arabic, Persian, Devanagari, Bengali, Thai, Lao, Burmese: where their digits begin. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x0ed0, 0x1040]
const OWN_DIGIT = new RegExp(
  `[${ZEROS.map((zero) => `${String.fromCharCode(zero)}-${String.fromCharCode(zero + 9)}`).join('')}]`,
  'gu',
)
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
      .replaceAll(OWN_DIGIT, plainDigit)
      .normalize('NFC')
  )
}

function plainDigit(digit: string): string {
  const code = digit.charCodeAt(0)
  return String(code - (ZEROS.findLast((zero) => zero <= code) ?? code))
}
