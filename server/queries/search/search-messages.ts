/**
 * Searches messages: query -> newest hits -> ranked -> a page of them. Runs on a connection that
 * only reads, in one transaction, aside from the thread that delivers messages.
 */
import { z } from 'zod'
import type { SearchMessagesQuery, SearchMessagesResponse } from '../../../shared/api/search.ts'
import type { UserId } from '../../../shared/ids.ts'
import { isEmptyQuery, parseSearchQuery, type Term } from '../../../shared/search/parse-query.ts'
import { scoreMessage } from '../../../shared/search/rank-message.ts'
import {
  resolveQuery,
  type ResolvedFilter,
  type ResolvedQuery,
} from '../../../shared/search/resolve-query.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { parseCursor, toPage } from '../cursor.ts'
import { findHits, type Hit } from './find-hits.ts'
import { readResults } from './read-results.ts'
import { createSearchDirectory } from './search-directory.ts'

export interface SearchRequest {
  userId: UserId
  query: SearchMessagesQuery
  /** ms UTC. */
  now: number
  /** After so long, what was found is answered; what is older is left out. */
  timeLimitMs: number
  /** Answers whether nobody waits for the answer any more; asked now and then. */
  isAbandoned?: () => boolean
}

/** Of all hits, so many of the newest are ranked; a person who needs more asks more precisely. */
export const MAX_HITS = 1_000

/** Where a page ended, and what its order rested on: pages stay in order while messages arrive. */
const positionSchema = z.strictObject({
  /** The newest entry of the first page. */
  newest: z.int(),
  /** The time against which messages were new or old. */
  now: z.int(),
  score: z.number(),
  id: z.int(),
})
type Position = z.infer<typeof positionSchema>

interface Ranked extends Hit {
  score: number
}

const nothing: SearchMessagesResponse = {
  ...{ results: [], total: 0, isTotalCapped: false, nextCursor: null },
}

/** Throws AppError `invalid_request` for a cursor that no search gave. */
export function searchMessages(
  sqlite: SqliteConnection,
  request: SearchRequest,
): SearchMessagesResponse {
  const { query, userId } = request
  const position =
    query.cursor === undefined ? undefined : parseCursor(positionSchema, query.cursor)
  const parsed = parseSearchQuery(query.q)
  const parameters = toFilters(query)
  if (isEmptyQuery(parsed) && parameters.length === 0) return nothing
  const read = sqlite.transaction(() => {
    const resolved = resolveQuery(parsed, createSearchDirectory(sqlite, userId))
    const asked = { ...resolved, filters: [...resolved.filters, ...parameters] }
    return searchPage(sqlite, asked, position, request)
  })
  return read()
}

function searchPage(
  sqlite: SqliteConnection,
  query: ResolvedQuery,
  position: Position | undefined,
  { userId, now, timeLimitMs, isAbandoned, query: { limit } }: SearchRequest,
): SearchMessagesResponse {
  const end = performance.now() + timeLimitMs
  const { hits, isCut } = findHits(sqlite, {
    ...{ userId, query, newestId: position?.newest, limit: MAX_HITS },
    isOver: () => performance.now() > end || isAbandoned?.() === true,
  })
  const order = { now: position?.now ?? now, newest: position?.newest ?? hits[0]?.id ?? 0 }
  const ranked = rank(hits, query.terms, order.now)
  const rest = position === undefined ? ranked : ranked.filter((hit) => isAfter(hit, position))
  const { rows, nextCursor } = toPage(
    rest.slice(0, limit + 1),
    limit,
    ({ score, id }): Position => ({ ...order, score, id }),
  )
  return {
    results: readResults(sqlite, rows, query.terms),
    total: hits.length,
    isTotalCapped: isCut,
    nextCursor,
  }
}

/** Best first; of equals the newest. */
function rank(hits: readonly Hit[], terms: readonly Term[], now: number): Ranked[] {
  return hits
    .map((hit) => {
      const { beginning: content, createdAt } = hit
      return { ...hit, score: scoreMessage(terms, { content, createdAt }, now) }
    })
    .toSorted((one, other) => other.score - one.score || other.id - one.id)
}

function isAfter({ score, id }: Ranked, position: Position): boolean {
  return score < position.score || (score === position.score && id < position.id)
}

/** What the other parameters ask for, in the words of the query. */
function toFilters({ channelId, authorId, from, to }: SearchMessagesQuery): ResolvedFilter[] {
  const filters: ResolvedFilter[] = []
  const isNegated = false
  if (channelId !== undefined) {
    filters.push({ kind: 'conversation', ids: new Set([channelId]), isNegated })
  }
  if (authorId !== undefined) filters.push({ kind: 'author', ids: new Set([authorId]), isNegated })
  if (from !== undefined || to !== undefined) {
    const span = { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER }
    filters.push({ kind: 'time', span, isNegated })
  }
  return filters
}
