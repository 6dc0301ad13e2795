/** Text -> its tokens, for whoever keeps them: an index, a query, the places to mark. Pure. */
import { scanText } from './scan-text.ts'

/** Raise it with every change of what is a token: indexes of another version are made anew. */
export const SEGMENTATION_VERSION = 2

export interface Token {
  /** Folded. */
  text: string
  /** Where it stands in the text, in UTF-16 code units; parts of one word share their place. */
  start: number
  end: number
}

/** All tokens of a text, in order; any string has an answer. */
export function segmentText(text: string): Token[] {
  const tokens: Token[] = []
  scanText(text, (source, from, to, start, end) => {
    tokens.push({ text: source.slice(from, to).toLowerCase(), start, end })
  })
  return tokens
}
