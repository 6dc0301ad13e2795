/** The part of a message that shows why it was found; text and places, never markup. Pure. */
import { findTerm } from './match-message.ts'
import type { Term } from './parse-query.ts'
import { segmentText } from './segment-text.ts'

export interface Snippet {
  /** Part of the message as it was written: Markdown, to be shown as text. */
  text: string
  /** Places of what was asked for in `text`, in UTF-16 code units, in order, apart from each other. */
  highlights: { start: number; end: number }[]
}

const MAX_LENGTH = 240
/** Of what comes before the first hit. */
const LEAD_LENGTH = 60
const CUT = '…'

export function makeSnippet(content: string, terms: readonly Term[]): Snippet {
  const hits = findHits(content, terms)
  const first = hits[0]?.start ?? 0
  const from = content.length <= MAX_LENGTH ? 0 : cutAt(content, Math.max(0, first - LEAD_LENGTH))
  const to = Math.min(content.length, cutAt(content, from + MAX_LENGTH))
  const before = from > 0 ? CUT : ''
  const shift = before.length - from
  return {
    text: before + content.slice(from, to) + (to < content.length ? CUT : ''),
    highlights: hits
      .filter(({ start }) => start >= from && start < to)
      .map(({ start, end }) => ({ start: start + shift, end: Math.min(end, to) + shift })),
  }
}

/** In order; those that touch or overlap are one. */
function findHits(content: string, terms: readonly Term[]): { start: number; end: number }[] {
  const tokens = segmentText(content)
  const texts = tokens.map(({ text }) => text)
  const hits = terms
    .flatMap((term) =>
      findTerm(texts, term).map((at) => ({
        start: tokens[at]?.start ?? 0,
        end: tokens[at + term.tokens.length - 1]?.end ?? 0,
      })),
    )
    .toSorted((one, other) => one.start - other.start || other.end - one.end)
  const apart: { start: number; end: number }[] = []
  for (const hit of hits) {
    const last = apart.at(-1)
    if (last !== undefined && hit.start <= last.end) last.end = Math.max(last.end, hit.end)
    else apart.push(hit)
  }
  return apart
}

/** The nearest place before which no character is torn apart. */
function cutAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index
}
