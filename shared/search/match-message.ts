/**
 * Whether a message is what a query asks for: the meaning of every query, in plain code. The browser
 * searches its own copies with it, and the server's index has to give the same answer. Pure.
 */
import type { Property, Term } from './parse-query.ts'
import type { ResolvedFilter, ResolvedQuery } from './resolve-query.ts'
import { segmentText } from './segment-text.ts'

export interface SearchableMessage {
  conversationId: string
  authorId: string
  content: string
  createdAt: number
  hasFiles: boolean
  hasReactions: boolean
  isPinned: boolean
  /** It has a parent, or answers a message. */
  isReply: boolean
}

const LINK = /\bhttps?:\/\/[^\s/]/iu

/** Whether a text has a link in it, as `has:link` means it. */
export function hasLink(content: string): boolean {
  return LINK.test(content)
}

/** A deleted message is never asked about. */
export function matchesQuery(query: ResolvedQuery, message: SearchableMessage): boolean {
  if (!query.filters.every((filter) => passes(filter, message))) return false
  if (query.terms.length + query.excluded.length === 0) return true
  const tokens = segmentText(message.content).map(({ text }) => text)
  return (
    query.terms.every((term) => findTerm(tokens, term).length > 0) &&
    !query.excluded.some((term) => findTerm(tokens, term).length > 0)
  )
}

/** The places in `tokens` at which the term begins. */
export function findTerm(
  tokens: readonly string[],
  { tokens: wanted, isPrefix, leads = [] }: Term,
): number[] {
  const last = wanted.length - 1
  const places: number[] = []
  for (let start = 0; start + last < tokens.length; start += 1) {
    const isHere = wanted.every((token, index) => {
      const found = tokens[start + index]
      const forms = index === 0 ? ['', ...leads].map((lead) => lead + token) : [token]
      if (!isPrefix || index < last) return forms.some((form) => found === form)
      return forms.some((form) => found?.startsWith(form))
    })
    if (isHere) places.push(start)
  }
  return places
}

function passes(filter: ResolvedFilter, message: SearchableMessage): boolean {
  return meets(filter, message) !== filter.isNegated
}

function meets(filter: ResolvedFilter, message: SearchableMessage): boolean {
  switch (filter.kind) {
    case 'author':
      return filter.ids.has(message.authorId)
    case 'conversation':
      return filter.ids.has(message.conversationId)
    case 'time':
      return message.createdAt >= filter.span.from && message.createdAt < filter.span.to
    case 'property':
      return properties[filter.property](message)
  }
}

const properties: Record<Property, (message: SearchableMessage) => boolean> = {
  file: ({ hasFiles }) => hasFiles,
  link: ({ content }) => hasLink(content),
  reaction: ({ hasReactions }) => hasReactions,
  pinned: ({ isPinned }) => isPinned,
  reply: ({ isReply }) => isReply,
}
