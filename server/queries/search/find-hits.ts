/**
 * The newest messages that are what a query asks for, among those that somebody may read. Reads from
 * the newest on and stops at a limit, so that a word that is everywhere costs no more than a rare one.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { UserId } from '../../../shared/ids.ts'
import { WEIGHED_LENGTH } from '../../../shared/search/rank-message.ts'
import type { Property } from '../../../shared/search/parse-query.ts'
import type { ResolvedFilter, ResolvedQuery } from '../../../shared/search/resolve-query.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { firstSearchId, IDS_PER_SECOND, lastSearchId } from '../../projection/search-index.ts'
import { matchExpression } from './match-expression.ts'
import { readableConversations, type SearchedConversation } from './search-directory.ts'
import { stopWhere } from './stop-where.ts'

export interface Hit {
  /** Of its entry in the index. */
  id: number
  conversation: Conversation
  messageId: string
  createdAt: number
  /** As much of its text as is weighed; empty where no words are asked for. */
  beginning: string
}

export interface HitsRequest {
  userId: UserId
  query: ResolvedQuery
  /** Only messages up to this entry. */
  newestId?: number | undefined
  limit: number
  /** Answers whether to stop here, with what was found; asked now and then. */
  isOver: () => boolean
}

export interface Hits {
  /** Newest first. */
  hits: Hit[]
  /** There may be more. */
  isCut: boolean
}

interface HitRow {
  id: number
  number: number
  messageId: string
  createdAt: number
  beginning: string
}

/** So few are asked of the index itself; with more, each hit is looked up. */
const MAX_SCOPED_CONVERSATIONS = 32
/** Messages of one second in so many. */
const SECONDS_BETWEEN_LOOKS = 64
const LAST_ID = Number.MAX_SAFE_INTEGER

export function findHits(sqlite: SqliteConnection, request: HitsRequest): Hits {
  const { userId, query, newestId, limit, isOver } = request
  const conversations = new Map(
    readableConversations(sqlite, userId)
      .filter((conversation) => isAskedFor(conversation, query.filters))
      .map((conversation) => [conversation.number, conversation]),
  )
  if (conversations.size === 0) return { hits: [], isCut: false }
  const numbers = [...conversations.keys()]
  const isScoped = numbers.length <= MAX_SCOPED_CONVERSATIONS
  const asksForReactions = query.filters.some(
    (filter) => filter.kind === 'property' && filter.property === 'reaction',
  )
  const areReactionsFew = asksForReactions && hasFewReactions(sqlite)
  const range = idRange(query.filters)
  const hits: Hit[] = []
  const isCut = stopWhere(sqlite, isOver, () => {
    const rows = sqlite
      .prepare<[Record<string, unknown>], HitRow>(selectSql(query, { isScoped, areReactionsFew }))
      .iterate({
        expression: matchExpression(query, isScoped ? numbers : undefined),
        firstId: range.first,
        lastId: Math.min(range.last, newestId ?? LAST_ID),
        limit: limit + 1,
        ...(!isScoped && { numbers: JSON.stringify(numbers) }),
        ...timeParameters(query.filters),
      })
    for (const { number, ...row } of rows) {
      const conversation = conversations.get(number)
      if (hits.length === limit || conversation === undefined) return true
      hits.push({ ...row, conversation })
    }
    return false
  })
  return { hits, isCut }
}

/** Whether the query's own filters let a conversation through; the index need not be asked. */
function isAskedFor({ id }: SearchedConversation, filters: readonly ResolvedFilter[]): boolean {
  return filters.every(
    (filter) => filter.kind !== 'conversation' || filter.ids.has(id) !== filter.isNegated,
  )
}

/** The entries within all spans of time that are asked for; finer than a second is not said here. */
function idRange(filters: readonly ResolvedFilter[]): { first: number; last: number } {
  const range = { first: 0, last: LAST_ID }
  for (const filter of filters) {
    if (filter.kind !== 'time' || filter.isNegated) continue
    range.first = Math.max(range.first, firstSearchId(filter.span.from))
    range.last = Math.min(range.last, lastSearchId(filter.span.to))
  }
  return range
}

function timeFilters(filters: readonly ResolvedFilter[]) {
  return filters.filter((filter) => filter.kind === 'time')
}

function timeParameters(filters: readonly ResolvedFilter[]): Record<string, number> {
  return Object.fromEntries(
    timeFilters(filters).flatMap(({ span }, index) => [
      [`from${index}`, span.from],
      [`to${index}`, span.to],
    ]),
  )
}

const PINNED = `SELECT pe.id FROM message_pins AS pin
  JOIN search_conversations AS pc ON pc.conversation_id = pin.conversation_id
  JOIN search_entries AS pe ON pe.conversation = pc.number AND pe.message_id = pin.message_id`
const ANY_REACTED = `SELECT re.id FROM message_reactions AS given
  JOIN search_conversations AS rc ON rc.conversation_id = given.conversation_id
  JOIN search_entries AS re ON re.conversation = rc.number AND re.message_id = given.message_id`
const REACTED = `EXISTS (SELECT 1 FROM message_reactions AS reaction
  WHERE reaction.message_id = e.message_id AND reaction.conversation_id =
    (SELECT conversation_id FROM search_conversations WHERE number = e.conversation))`

const BEGINNING = `coalesce(
  (SELECT substr(m.content, 1, ${WEIGHED_LENGTH}) FROM search_conversations AS mc
    JOIN messages AS m ON m.channel_id = mc.conversation_id AND m.id = e.message_id
    WHERE mc.number = e.conversation),
  (SELECT substr(d.content, 1, ${WEIGHED_LENGTH}) FROM search_conversations AS dc
    JOIN direct_messages AS d ON d.thread_id = dc.conversation_id AND d.id = e.message_id
    WHERE dc.number = e.conversation), '')`
const GOES_ON = `((e.id / ${IDS_PER_SECOND}) % ${SECONDS_BETWEEN_LOOKS} <> 0 OR search_goes_on())`

/** Where there are so few reactions, what has one is looked up first. */
export const FEW_REACTIONS = 2_000

function hasFewReactions(sqlite: SqliteConnection): boolean {
  const { count } = sqlite
    .prepare<[number], { count: number }>(
      'SELECT count(*) AS count FROM (SELECT 1 FROM message_reactions LIMIT ?)',
    )
    .get(FEW_REACTIONS + 1) ?? { count: 0 }
  return count <= FEW_REACTIONS
}

/**
 * Begins with the pins, or with reactions where they are few, when such messages are asked for; else
 * with the index.
 */
function selectSql(
  { terms, filters }: ResolvedQuery,
  { isScoped, areReactionsFew }: { isScoped: boolean; areReactionsFew: boolean },
): string {
  const properties = filters.filter((filter) => filter.kind === 'property')
  const asksFor = (asked: Property): boolean =>
    properties.some(({ property, isNegated }) => property === asked && !isNegated)
  const beginsWithFew = asksFor('pinned') || (asksFor('reaction') && areReactionsFew)
  const reacted = areReactionsFew ? `e.id IN (${ANY_REACTED})` : REACTED
  const conditions = [
    ...timeFilters(filters).map(({ isNegated }, index) =>
      negate(isNegated, `(e.created_at >= @from${index} AND e.created_at < @to${index})`),
    ),
    ...properties.flatMap(({ property, isNegated }) => {
      if (property === 'reaction') return [negate(isNegated, reacted)]
      return property === 'pinned' ? [negate(isNegated, `e.id IN (${PINNED})`)] : []
    }),
    ...(isScoped ? [] : ['e.conversation IN (SELECT value FROM json_each(@numbers))']),
  ]
  // CROSS JOIN is SQLite's way to say which comes first.
  const sources = beginsWithFew
    ? `search_entries AS e CROSS JOIN search_index ON search_index.rowid = e.id`
    : `search_index CROSS JOIN search_entries AS e ON e.id = search_index.rowid`
  return `SELECT e.id, e.conversation AS number, e.message_id AS messageId,
      e.created_at AS createdAt, ${terms.length === 0 ? "''" : BEGINNING} AS beginning
    FROM ${sources}
    WHERE search_index MATCH @expression
      AND search_index.rowid BETWEEN CAST(@firstId AS INTEGER) AND CAST(@lastId AS INTEGER)
      AND ${GOES_ON}
      ${conditions.map((condition) => `AND ${condition}`).join(' ')}
    ORDER BY ${beginsWithFew ? 'e.id' : 'search_index.rowid'} DESC LIMIT @limit`
}

function negate(isNegated: boolean, condition: string): string {
  return isNegated ? `NOT ${condition}` : condition
}
