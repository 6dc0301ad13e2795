/** The names in a query -> ids, by whoever knows the directory. Pure. */
import type { PlainFilter, SearchQuery, Term } from './parse-query.ts'
import { segmentText } from './segment-text.ts'

/** Who is meant by a name; nobody when nobody has it. */
export interface SearchDirectory {
  authorIds: (name: string) => Iterable<string>
  conversationIds: (name: string) => Iterable<string>
}

export type ResolvedFilter =
  | PlainFilter
  | { kind: 'author' | 'conversation'; ids: ReadonlySet<string>; isNegated: boolean }

export interface ResolvedQuery {
  terms: readonly Term[]
  excluded: readonly Term[]
  filters: readonly ResolvedFilter[]
}

export function resolveQuery(query: SearchQuery, directory: SearchDirectory): ResolvedQuery {
  const filters = query.filters.map((filter): ResolvedFilter => {
    if (!('name' in filter)) return filter
    const { kind, name, isNegated } = filter
    return kind === 'from'
      ? { kind: 'author', ids: new Set(directory.authorIds(name)), isNegated }
      : { kind: 'conversation', ids: new Set(directory.conversationIds(name)), isNegated }
  })
  return { ...query, filters }
}

/**
 * Tells whether somebody or something with this name is meant: the words asked for are the first
 * of the name, so that `ada` means Ada Lovelace.
 */
export function isMeant(asked: string, name: string): boolean {
  const words = segmentText(asked)
  const has = segmentText(name)
  return words.length > 0 && words.every(({ text }, index) => text === has[index]?.text)
}
