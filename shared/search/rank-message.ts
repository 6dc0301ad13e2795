/**
 * How high a hit stands: how much of the message is what was asked for, as BM25 weighs it, and how
 * new it is. Depends on nothing but the message, the query and the time, so that pages of results
 * stay in order while messages arrive, and both sides order alike. Pure.
 *
 * BM25's weight for rare words is left out: every hit has all the words, so it would only weigh
 * them against each other, and would change with every message that arrives.
 */
import { findTerm } from './match-message.ts'
import type { Term } from './parse-query.ts'
import { segmentText } from './segment-text.ts'

/** BM25's usual constants: how soon more of a word stops to count, and how much length does. */
const K1 = 1.2
const B = 0.75
/** Tokens of an ordinary message. */
const USUAL_LENGTH = 16
/** After so long half of what newness gives is gone. */
const HALF_LIFE_MS = 30 * 86_400_000
/** What is left to the oldest. */
const LEAST_RECENCY = 0.25

export interface RankedMessage {
  content: string
  createdAt: number
}

/** Larger is better. Without words only the time counts. */
export function scoreMessage(
  terms: readonly Term[],
  { content, createdAt }: RankedMessage,
  now: number,
): number {
  const age = Math.max(0, now - createdAt)
  const recency = LEAST_RECENCY + (1 - LEAST_RECENCY) * 0.5 ** (age / HALF_LIFE_MS)
  if (terms.length === 0) return recency
  const tokens = segmentText(content).map(({ text }) => text)
  const length = 1 - B + B * (tokens.length / USUAL_LENGTH)
  const relevance = terms
    .map((term) => findTerm(tokens, term).length)
    .reduce((sum, times) => sum + (times * (K1 + 1)) / (times + K1 * length), 0)
  return relevance * recency
}
