/** Whether a text says a word: whatever its case, and not as a part of a longer one. Pure. */

/** Scripts that put no space between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u
const ENDS_IN_LETTER = /[\p{L}\p{N}\p{M}]$/u
const BEGINS_WITH_LETTER = /^[\p{L}\p{N}\p{M}]/u

export function containsWord(text: string, word: string): boolean {
  const [hay, needle] = [fold(text), fold(word)]
  if (needle === '') return false
  const isUnspaced = UNSPACED.test(needle)
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
    if (isUnspaced) return true
    const before = hay.slice(Math.max(0, at - 2), at)
    const after = hay.slice(at + needle.length, at + needle.length + 2)
    if (!ENDS_IN_LETTER.test(before) && !BEGINS_WITH_LETTER.test(after)) return true
  }
  return false
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
