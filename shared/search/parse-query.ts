/**
 * What somebody types into a search -> what is asked. Every string has an answer: what is no
 * operator, or one with a value that it does not know, is words. Pure.
 *
 *   word  word*  "a phrase"  -not
 *   from:ada  in:general  before:2026-05  after:2026-05-01  during:2026
 *   has:file  has:link  has:reaction  is:pinned  is:reply      each also with a - before it
 */
import { parseDateSpan, type TimeSpan } from './parse-dates.ts'
import { segmentText } from './segment-text.ts'
import { leadsOf, mayGoOn } from './word-forms.ts'

/** Tokens that stand one after the other. */
export interface Term {
  tokens: readonly string[]
  /** The last one may go on. */
  isPrefix: boolean
  /** What may be written onto the first one, before it. */
  leads?: readonly string[]
}

export const hasValues = ['file', 'link', 'reaction'] as const
export const isValues = ['pinned', 'reply'] as const
export type Property = (typeof hasValues)[number] | (typeof isValues)[number]

export interface NameFilter {
  kind: 'from' | 'in'
  name: string
  isNegated: boolean
}

/** A filter that needs no directory to be understood. */
export type PlainFilter = { isNegated: boolean } & (
  | { kind: 'time'; span: TimeSpan }
  | { kind: 'property'; property: Property }
)

export type Filter = NameFilter | PlainFilter

export interface SearchQuery {
  terms: readonly Term[]
  excluded: readonly Term[]
  filters: readonly Filter[]
}

/** What is beyond is not looked for; nobody types so much, and each costs. */
const MAX_TOKENS = 64
const MAX_TERMS = 32
const MAX_FILTERS = 16
const END_OF_TIME = Number.MAX_SAFE_INTEGER

/** Hebrew has such signs within abbreviations. */
const QUOTE_IN_WORD = '(?<=\\p{Script=Hebrew})"(?=\\p{Script=Hebrew})'
const OPERATOR = '(?:(from|in|before|after|during|has|is):)?'
const ITEM = new RegExp(
  `(-?)${OPERATOR}(?:"([^"]*)"?(\\*?)|((?:[^\\s"]|${QUOTE_IN_WORD})+))`,
  'giu',
)

/** Never throws. */
export function parseSearchQuery(text: string): SearchQuery {
  const terms: Term[] = []
  const excluded: Term[] = []
  const filters: Filter[] = []
  let tokensLeft = MAX_TOKENS
  for (const match of text.toWellFormed().matchAll(ITEM)) {
    const [whole, minus, operator, phrase, star, word = ''] = match
    const isNegated = minus === '-'
    const filter = operator && parseFilter(operator.toLowerCase(), phrase ?? word, isNegated)
    if (filter) {
      if (filters.length < MAX_FILTERS) filters.push(filter)
      continue
    }
    const term =
      phrase === undefined || operator !== undefined
        ? parseWord(isNegated ? whole.slice(1) : whole, tokensLeft)
        : toPhrase(phrase, star === '*', tokensLeft)
    if (term === undefined || terms.length + excluded.length === MAX_TERMS) continue
    tokensLeft -= term.tokens.length
    ;(isNegated ? excluded : terms).push(term)
  }
  return { terms, excluded, filters }
}

/** Whether nothing is asked for: then nothing is found. */
export function isEmptyQuery({ terms, excluded, filters }: SearchQuery): boolean {
  return terms.length + excluded.length + filters.length === 0
}

function parseWord(text: string, maxTokens: number): Term | undefined {
  const stem = text.replace(/\*+$/u, '')
  const term = toPhrase(stem, stem !== text, maxTokens)
  if (term === undefined) return undefined
  const { tokens, isPrefix } = term
  const leads = leadsOf(tokens[0] ?? '')
  return {
    tokens,
    isPrefix: isPrefix || mayGoOn(tokens.at(-1) ?? ''),
    ...(leads.length > 0 && { leads }),
  }
}

/** As it is written. `isStarred` counts only where the star stands right behind a token. */
function toPhrase(text: string, isStarred: boolean, maxTokens: number): Term | undefined {
  const found = segmentText(text)
  const tokens = found.slice(0, maxTokens)
  if (tokens.length === 0) return undefined
  const isWhole = tokens.length === found.length
  const isPrefix = isStarred && isWhole && tokens.at(-1)?.end === text.length
  return { tokens: tokens.map((token) => token.text), isPrefix }
}

function parseFilter(operator: string, value: string, isNegated: boolean): Filter | undefined {
  switch (operator) {
    case 'from':
    case 'in': {
      const name = value.replace(/^(?:<@(.*)>|[@#](.*))$/su, '$1$2').trim()
      return name === '' ? undefined : { kind: operator, name, isNegated }
    }
    case 'has':
      return toPropertyFilter(hasValues, value, isNegated)
    case 'is':
      return toPropertyFilter(isValues, value, isNegated)
  }
  const date = parseDateSpan(value)
  if (date === undefined) return undefined
  const span = {
    before: { from: 0, to: date.from },
    after: { from: date.to, to: END_OF_TIME },
  }[operator]
  return { kind: 'time', span: span ?? date, isNegated }
}

function toPropertyFilter(
  values: readonly Property[],
  value: string,
  isNegated: boolean,
): Filter | undefined {
  const property = values.find((each) => each === value.toLowerCase())
  return property && { kind: 'property', property, isNegated }
}
