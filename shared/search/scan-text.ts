/**
 * Cuts text into the tokens by which it is found: words by the rules and dictionaries of Unicode, so
 * that Chinese, Japanese and Thai are found by word as English is, and emoji. Pure; the server's index
 * and the browser's see the same tokens.
 *
 * A token consists of letters, digits and what is not ASCII alone: an index may tell tokens apart
 * by any ASCII character that is neither letter nor digit.
 */
import { foldText } from './fold-text.ts'

/**
 * Is shown a token: what stands in `source` from `from` to `to`, folded but for the case of ASCII; and
 * where it stands in the text, in UTF-16 code units. Parts of one word share their place. A search looks
 * through thousands of texts: no token is made a string of its own before somebody needs it.
 */
export type VisitToken = (
  source: string,
  from: number,
  to: number,
  start: number,
  end: number,
) => void

interface Place {
  start: number
  end: number
}

/** Longer words become several tokens in a row: an index has no place for a token of any length. */
const MAX_TOKEN_LENGTH = 64

/** The people who are mentioned are no words of the text; their names change. */
const MENTION = /<@(?:channel|here|[0-9a-f-]{36})>/g
const NOT_ASCII = /[^\0-\x7f]/g
const SPACE = /\s/u
const HAS_WORD = /[\p{L}\p{N}]/u
const WORD_PART = /[\p{L}\p{N}\p{M}]+/gu
const IS_EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u
/** An emoji is found whatever its skin and its presentation. */
const EMOJI_VARIANT = /\uFE0E|\uFE0F|\p{Emoji_Modifier}/gu

// A language has to be named, or the machine's would be taken; the dictionaries are in all of them.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/**
 * Shows all tokens of a text, in order; any string has an answer. Only what is not all ASCII between
 * two spaces is given to the segmenter, which is many times slower.
 */
export function scanText(text: string, visit: VisitToken): void {
  const readable = withoutMentions(text.toWellFormed())
  let done = 0
  for (;;) {
    NOT_ASCII.lastIndex = done
    const index = NOT_ASCII.exec(readable)?.index
    if (index === undefined) break
    const start = startOfChunk(readable, index, done)
    const end = endOfChunk(readable, index)
    visitAscii(readable, done, start, visit)
    visitSegments(readable.slice(start, end), start, visit)
    // The character itself may be a space.
    done = Math.max(end, index + 1)
  }
  visitAscii(readable, done, readable.length, visit)
}

function withoutMentions(text: string): string {
  if (!text.includes('<@')) return text
  return text.replaceAll(MENTION, (mention) => ' '.repeat(mention.length))
}

function startOfChunk(text: string, index: number, least: number): number {
  let start = index
  while (start > least && !isSpace(text, start - 1)) start -= 1
  return start
}

function endOfChunk(text: string, index: number): number {
  let end = index
  while (end < text.length && !isSpace(text, end)) end += 1
  return end
}

function isSpace(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  return SPACE.test(text.charAt(index))
}

/** What the segmenter would find too. */
function visitAscii(text: string, begin: number, finish: number, visit: VisitToken): void {
  let start = -1
  for (let at = begin; at < finish; at += 1) {
    if (isLetterOrDigit(text.charCodeAt(at))) {
      if (start < 0) start = at
    } else if (start >= 0) {
      visitParts(text, start, at, { start, end: at }, visit)
      start = -1
    }
  }
  if (start >= 0) visitParts(text, start, finish, { start, end: finish }, visit)
}

/** Of ASCII. */
function isLetterOrDigit(code: number): boolean {
  // Sets the bit in which large letters differ from small ones.
  const letter = code | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39)
}

function visitSegments(text: string, offset: number, visit: VisitToken): void {
  for (const { segment, index } of segmenter.segment(text)) {
    const start = offset + index
    const end = start + segment.length
    if (HAS_WORD.test(segment)) {
      const folded = foldText(segment)
      for (const { 0: part, index: from } of folded.matchAll(WORD_PART)) {
        visitParts(folded, from, from + part.length, { start, end }, visit)
      }
    } else if (IS_EMOJI.test(segment)) {
      const emoji = segment.replaceAll(EMOJI_VARIANT, '')
      if (emoji !== '') visitParts(emoji, 0, emoji.length, { start, end }, visit)
    }
  }
}

/** Of a word that is longer than any token, one part after the other. */
function visitParts(
  source: string,
  from: number,
  to: number,
  { start, end }: Place,
  visit: VisitToken,
): void {
  if (to - from <= MAX_TOKEN_LENGTH) {
    visit(source, from, to, start, end)
    return
  }
  const characters = Array.from(source.slice(from, to))
  for (let at = 0; at < characters.length; at += MAX_TOKEN_LENGTH) {
    const part = characters.slice(at, at + MAX_TOKEN_LENGTH).join('')
    visit(part, 0, part.length, start, end)
  }
}
