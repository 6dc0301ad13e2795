/** How often each term is in a text, and how long the text is: what an order by relevance rests on. Pure. */
import type { Term } from './parse-query.ts'
import { scanText } from './scan-text.ts'

export interface TermCounts {
  /** Tokens of the text. */
  length: number
  /** Of each term, in their order. */
  times: number[]
}

interface Counter {
  see: (source: string, from: number, to: number) => void
  times: () => number
}

/** Counts as `findTerm` finds, in one pass that keeps nothing of the text. */
export function countTerms(terms: readonly Term[], text: string): TermCounts {
  const counters = terms.map(createCounter)
  let length = 0
  scanText(text, (source, from, to) => {
    length += 1
    for (const { see } of counters) see(source, from, to)
  })
  return { length, times: counters.map((counter) => counter.times()) }
}

function createCounter({ tokens, isPrefix, leads = [] }: Term): Counter {
  const last = tokens.length - 1
  /** How each token may be written. */
  const forms = tokens.map((token, at) =>
    at === 0 ? ['', ...leads].map((lead) => lead + token) : [token],
  )
  /** Whether the tokens up to this one are those just seen. */
  const isReached = tokens.map(() => false)
  let times = 0
  return {
    see(source, from, to) {
      // From the last one on: each rests on what was reached before this token.
      for (let at = last; at >= 0; at -= 1) {
        const mayGoOn = isPrefix && at === last
        isReached[at] =
          (at === 0 || isReached[at - 1] === true) &&
          hasForm(forms[at] ?? [], mayGoOn, source, from, to)
      }
      if (isReached[last] === true) times += 1
    },
    times: () => times,
  }
}

function hasForm(
  forms: readonly string[],
  mayGoOn: boolean,
  source: string,
  from: number,
  to: number,
): boolean {
  for (const form of forms) if (isToken(form, mayGoOn, source, from, to)) return true
  return false
}

function isToken(
  token: string,
  mayGoOn: boolean,
  source: string,
  from: number,
  to: number,
): boolean {
  const { length } = token
  if (mayGoOn ? to - from < length : to - from !== length) return false
  for (let at = 0; at < length; at += 1) {
    const code = source.charCodeAt(from + at)
    const isUpper = code >= 0x41 && code <= 0x5a
    if ((isUpper ? code | 0x20 : code) !== token.charCodeAt(at)) return false
  }
  return true
}
