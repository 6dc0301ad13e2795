/**
 * What languages write onto a word that is still the same word to whoever looks for it: Korean its
 * particles behind it, Arabic and Hebrew the article and small words before it. Pure.
 */

const KOREAN_END = /\p{Script=Hangul}$/u
const HEBREW_WORD = /^\p{Script=Hebrew}{3,}$/u
const ARABIC_WORD = /^\p{Script=Arabic}{3,}$/u

/** The, and, in, as, to, from, that; and of two what is common. */
const HEBREW_LEADS = 'ה ו ב כ ל מ ש וה וב וכ ול ומ וש שה שב של שמ מה כש'.split(' ')
/** The, and the, in the, as the, so the, to the; and, so, in, as, to. */
const ARABIC_LEADS = 'ال وال بال كال فال لل ولل و ف ب ك ل وب ول'.split(' ')

/** Whether more may be written behind it. */
export function mayGoOn(token: string): boolean {
  return KOREAN_END.test(token)
}

/** What may be written before it; all is folded. Short words would be found within others. */
export function leadsOf(token: string): readonly string[] {
  if (HEBREW_WORD.test(token)) return HEBREW_LEADS
  return ARABIC_WORD.test(token) ? ARABIC_LEADS : []
}
