/**
 * A query -> what SQLite's index is asked. Only tokens that shared/search made reach it, each within
 * quotes, so no string that anybody types can be taken for syntax.
 */
import type { Property, Term } from '../../../shared/search/parse-query.ts'
import type { ResolvedFilter, ResolvedQuery } from '../../../shared/search/resolve-query.ts'
import { authorToken, conversationToken } from '../../projection/search-index.ts'

/** What the index knows by a token of its own. */
const propertyTokens: Partial<Record<Property, string>> = { file: 'f', link: 'l', reply: 'r' }

/** Which tokens of `scope` a filter is about; undefined when the index does not know. */
function scopeOf(filter: ResolvedFilter): readonly string[] | undefined {
  if (filter.kind === 'author') return [...filter.ids].map(authorToken)
  const token = filter.kind === 'property' ? propertyTokens[filter.property] : undefined
  return token === undefined ? undefined : [token]
}

/** `conversations` are the numbers of those to search in, or undefined when others see to that. */
export function matchExpression(
  { terms, excluded, filters }: ResolvedQuery,
  conversations: readonly number[] | undefined,
): string {
  const asked = filters.flatMap((filter) => {
    const tokens = scopeOf(filter)
    return tokens === undefined ? [] : [{ isNegated: filter.isNegated, ask: scope(tokens) }]
  })
  const wanted = [
    ...terms.map((term) => `words : ${formatTerm(term)}`),
    ...(conversations === undefined ? [] : [scope(conversations.map(conversationToken))]),
    ...asked.filter(({ isNegated }) => !isNegated).map(({ ask }) => ask),
  ]
  const unwanted = [
    ...excluded.map((term) => `words : ${formatTerm(term)}`),
    ...asked.filter(({ isNegated }) => isNegated).map(({ ask }) => ask),
  ]
  const all = wanted.length === 0 ? scope(['m']) : wanted.join(' AND ')
  return unwanted.length === 0 ? all : `(${all}) NOT (${unwanted.join(' OR ')})`
}

/** Nobody at all is a token that no message has. */
function scope(tokens: readonly string[]): string {
  return `scope : (${tokens.length === 0 ? quote('nobody') : tokens.map(quote).join(' OR ')})`
}

/** Each way in which it may be written. */
function formatTerm({ tokens, isPrefix, leads = [] }: Term): string {
  const text = tokens.join(' ')
  const forms = ['', ...leads].map((lead) => quote(lead + text) + (isPrefix ? ' *' : ''))
  return `(${forms.join(' OR ')})`
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
