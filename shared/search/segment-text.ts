/**
 * Text -> the tokens by which it is found: words by the rules and dictionaries of Unicode, so that
 * Chinese, Japanese and Thai are found by word as English is, and emoji. Pure; the server's index
 * and the browser's see the same tokens.
 *
 * A token consists of letters, digits and what is not ASCII alone: an index may tell tokens apart
 * by any ASCII character that is neither letter nor digit.
 */
import { foldText } from './fold-text.ts'

/** Raise it with every change of what is a token: indexes of another version are made anew. */
export const SEGMENTATION_VERSION = 1

export interface Token {
  /** Folded. */
  text: string
  /** Where it stands in the text, in UTF-16 code units; parts of one word share its place. */
  start: number
  end: number
}

/** Longer words become several tokens in a row: an index has no place for a token of any length. */
const MAX_TOKEN_LENGTH = 64

/** The people who are mentioned are no words of the text; their names change. */
const MENTION = /<@(?:channel|here|[0-9a-f-]{36})>/g
const ONLY_ASCII = /^\p{ASCII}*$/u
const ASCII_WORD = /[A-Za-z0-9]+/g
const CHUNK = /\S+/gu
const HAS_WORD = /[\p{L}\p{N}]/u
const WORD_PART = /[\p{L}\p{N}\p{M}]+/gu
const IS_EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u
/** An emoji is found whatever its skin and its presentation. */
const EMOJI_VARIANT = /\uFE0E|\uFE0F|\p{Emoji_Modifier}/gu

// A language has to be named, or the machine's would be taken; the dictionaries are in all of them.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** All tokens of a text, in order; any string has an answer. */
export function segmentText(text: string): Token[] {
  const readable = text.toWellFormed().replaceAll(MENTION, (mention) => ' '.repeat(mention.length))
  const tokens: Token[] = []
  if (ONLY_ASCII.test(readable)) addAsciiWords(tokens, readable, 0)
  else {
    for (const { 0: chunk, index } of readable.matchAll(CHUNK)) {
      if (ONLY_ASCII.test(chunk)) addAsciiWords(tokens, chunk, index)
      else addSegments(tokens, chunk, index)
    }
  }
  return tokens
}

/** What the segmenter would find too, many times slower. */
function addAsciiWords(tokens: Token[], text: string, offset: number): void {
  for (const { 0: word, index } of text.matchAll(ASCII_WORD)) {
    addWord(tokens, word.toLowerCase(), offset + index, offset + index + word.length)
  }
}

function addSegments(tokens: Token[], text: string, offset: number): void {
  for (const { segment, index } of segmenter.segment(text)) {
    const start = offset + index
    const end = start + segment.length
    if (HAS_WORD.test(segment)) {
      for (const [part] of foldText(segment).matchAll(WORD_PART)) addWord(tokens, part, start, end)
    } else if (IS_EMOJI.test(segment)) {
      const emoji = segment.replaceAll(EMOJI_VARIANT, '')
      if (emoji !== '') addWord(tokens, emoji, start, end)
    }
  }
}

function addWord(tokens: Token[], text: string, start: number, end: number): void {
  if (text.length <= MAX_TOKEN_LENGTH) {
    tokens.push({ text, start, end })
    return
  }
  const characters = Array.from(text)
  for (let at = 0; at < characters.length; at += MAX_TOKEN_LENGTH) {
    const part = characters.slice(at, at + MAX_TOKEN_LENGTH).join('')
    tokens.push({ text: part, start, end })
  }
}
