/**
 * How high a hit stands: how much of the message is what was asked for, as BM25 weighs it, and how
 * new it is. Depends on nothing but the message, the query and the time, so that pages of results
 * stay in order while messages arrive, and both sides order alike. Pure.
 *
 * BM25's weight for rare words is left out: every hit has all the words, so it would only weigh
 * them against each other, and would change with every message that arrives.
 */
import { countTerms } from './count-terms.ts'
import type { Term } from './parse-query.ts'

/** BM25's usual constants: how soon more of a word stops to count, and how much length does. */
const K1 = 1.2
const B = 0.75
/** Tokens of an ordinary message. */
const USUAL_LENGTH = 16
/** After so long half of what newness gives is gone. */
const HALF_LIFE_MS = 30 * 86_400_000
/** What is left to the oldest. */
const LEAST_RECENCY = 0.25

/**
 * So much of a message's beginning is weighed, in UTF-16 code units: what is longer is long anyway, and
 * a search weighs a thousand messages.
 */
export const WEIGHED_LENGTH = 1_000

export interface RankedMessage {
  /** At least `WEIGHED_LENGTH` of it, if it is so long. */
  content: string
  createdAt: number
}

/** Larger is better. The message is known to have the terms. Without words only the time counts. */
export function scoreMessage(
  terms: readonly Term[],
  { content, createdAt }: RankedMessage,
  now: number,
): number {
  const age = Math.max(0, now - createdAt)
  const recency = LEAST_RECENCY + (1 - LEAST_RECENCY) * 0.5 ** (age / HALF_LIFE_MS)
  if (terms.length === 0) return recency
  const { length, times } = countTerms(terms, content.slice(0, WEIGHED_LENGTH))
  const lengthWeight = 1 - B + B * (length / USUAL_LENGTH)
  let relevance = 0
  // What is nowhere in the beginning is once behind it.
  for (const count of times.map((each) => Math.max(1, each))) {
    relevance += (count * (K1 + 1)) / (count + K1 * lengthWeight)
  }
  return relevance * recency
}
