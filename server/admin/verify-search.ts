/** Compares the search index with the messages that it was made of, token by token (P3). */
import { createHash } from 'node:crypto'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { searchedRowsSql, toIndexedMessage } from '../projection/complete-search-index.ts'
import type { SearchedRow } from '../projection/complete-search-index.ts'
import { toIndexRow } from '../projection/search-index.ts'
import type { Difference } from './verify.ts'

interface EntryRow {
  id: number
  conversation: number
  kind: Conversation['kind']
  conversationId: string
  messageId: string
  createdAt: number
}

interface IndexedToken {
  id: number
  column: string
  token: string
  place: number
}

const PART = 10_000

/** One difference for each message that is not found by its words, or that should not be found. */
export function verifySearch(sqlite: SqliteConnection): Difference[] {
  const entries = new Map(
    sqlite
      .prepare<[], EntryRow>(
        `SELECT e.id, e.conversation, c.kind, c.conversation_id AS conversationId,
           e.message_id AS messageId, e.created_at AS createdAt
         FROM search_entries AS e JOIN search_conversations AS c ON c.number = e.conversation`,
      )
      .all()
      .map((entry) => [`${entry.conversationId}/${entry.messageId}`, entry]),
  )
  const indexed = readIndex(sqlite)
  const differences: Difference[] = []
  for (const kind of ['channel', 'dm'] as const) {
    for (const row of readRows(sqlite, kind)) {
      const key = `${row.conversationId}/${row.messageId}`
      const entry = entries.get(key)
      entries.delete(key)
      const message = toIndexedMessage(kind, row)
      const expected = row.isDeleted === 1 ? undefined : describe(message, entry?.conversation ?? 0)
      const found = entry && `${entry.createdAt} ${indexed.get(entry.id) ?? emptySum}`
      if (entry !== undefined) indexed.delete(entry.id)
      if (expected === found) continue
      const documentName = formatConversationName(message.conversation)
      differences.push({
        ...{ documentName, root: 'search', key: row.messageId },
        ...{ document: expected, table: found },
      })
    }
  }
  for (const { kind, conversationId, messageId, id } of entries.values()) {
    indexed.delete(id)
    differences.push(stranger(`${kind}:${conversationId}/1`, messageId))
  }
  for (const id of indexed.keys()) differences.push(stranger('', String(id)))
  return differences
}

/** Something is found that is no message. */
function stranger(documentName: string, key: string): Difference {
  return { documentName, root: 'search', key, document: undefined, table: 'indexed' }
}

function* readRows(sqlite: SqliteConnection, kind: Conversation['kind']): Generator<SearchedRow> {
  const select = sqlite.prepare<[string, string, number], SearchedRow>(searchedRowsSql(kind))
  let last: SearchedRow | undefined
  do {
    const rows = select.all(last?.conversationId ?? '', last?.messageId ?? '', PART)
    yield* rows
    last = rows.at(-1)
  } while (last !== undefined)
}

const emptySum = '0'

/** The tokens of each message in the index, as a sum in which their order does not matter. */
function readIndex(sqlite: SqliteConnection): Map<number, string> {
  sqlite.exec(
    "CREATE VIRTUAL TABLE temp.search_tokens USING fts5vocab ('main', 'search_index', 'instance')",
  )
  try {
    const sums = new Map<number, bigint>()
    const tokens = sqlite.prepare<[], IndexedToken>(
      'SELECT doc AS id, col AS "column", term AS token, "offset" AS place FROM temp.search_tokens',
    )
    for (const { id, column, token, place } of tokens.iterate()) {
      sums.set(id, (sums.get(id) ?? 0n) + hashToken(column, token, place))
    }
    return new Map([...sums].map(([id, sum]) => [id, String(sum)]))
  } finally {
    sqlite.exec('DROP TABLE temp.search_tokens')
  }
}

function describe(message: ReturnType<typeof toIndexedMessage>, conversation: number): string {
  const { scope, words } = toIndexRow(message, conversation)
  const sumOf = (column: string, text: string): bigint =>
    text
      .split(' ')
      .filter((token) => token !== '')
      .reduce((sum, token, place) => sum + hashToken(column, token, place), 0n)
  return `${message.createdAt} ${sumOf('scope', scope) + sumOf('words', words)}`
}

function hashToken(column: string, token: string, place: number): bigint {
  return createHash('md5').update(`${column} ${place} ${token}`).digest().readBigUInt64LE()
}
