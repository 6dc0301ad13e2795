/**
 * Reads all that the store keeps about one person, as the text of one JSON object: a page of rows at a
 * time, and between two pages others read and write. What goes or comes meanwhile neither repeats nor
 * hides another row. No secret is in it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { personExportSchema, type PersonExportSubject } from '../../shared/api/personal-data.ts'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from '../projection/project-message.ts'
import { pageStatement, personSources, type PersonSource } from './person-subjects.ts'

const PAGE_ROWS = 200

type Row = Record<string, string | number | null>

/** The parts of the text, in order; each is some pages at most. */
export async function* exportPerson(
  sqlite: SqliteConnection,
  userId: UserId,
): AsyncGenerator<string> {
  let isFirstSubject = true
  for (const subject of personExportSchema.keyof().options) {
    yield `${isFirstSubject ? '{' : ','}\n"${subject}":[`
    isFirstSubject = false
    let separator = '\n'
    for (const page of pagesOfSubject(sqlite, subject, userId)) {
      if (page.length > 0) {
        yield separator + page.map((row) => JSON.stringify(row)).join(',\n')
        separator = ',\n'
      }
      await nextTurn()
    }
    yield ']'
  }
  yield '\n}\n'
}

function* pagesOfSubject(
  sqlite: SqliteConnection,
  subject: PersonExportSubject,
  userId: UserId,
): Generator<Row[]> {
  if (subject === 'revisions') {
    yield* revisionPages(sqlite, userId, 'channel')
    yield* revisionPages(sqlite, userId, 'dm')
  } else {
    for (const source of personSources[subject]) yield* pagesOf(sqlite, source, userId)
  }
}

function* pagesOf(
  sqlite: SqliteConnection,
  source: PersonSource,
  userId: UserId,
): Generator<Row[]> {
  let keys: Row = {}
  for (;;) {
    const statement = pageStatement(source, Object.keys(keys).length === 0, PAGE_ROWS)
    const rows = sqlite.prepare<[Row], Row>(statement).all({ userId, ...keys })
    const last = rows.at(-1)
    if (last !== undefined) keys = keysOf(source, last)
    yield rows.map((row) => withoutKeys(source, row))
    if (rows.length < PAGE_ROWS) return
  }
}

function keysOf({ keys }: PersonSource, row: Row): Row {
  return Object.fromEntries(keys.map((_, index) => [`key${index}`, row[`key${index}`] ?? null]))
}

function withoutKeys(source: PersonSource, row: Row): Row {
  const keys = Object.keys(keysOf(source, row))
  return Object.fromEntries(Object.entries(row).filter(([name]) => !keys.includes(name)))
}

/** A page of messages at a time, since few of them were edited: an edit is found by its message. */
function* revisionPages(
  sqlite: SqliteConnection,
  userId: UserId,
  kind: keyof typeof messageTables,
): Generator<Row[]> {
  const { table, owner } = messageTables[kind]
  const selectMessages = sqlite.prepare<[UserId, number], MessagePlace>(
    `SELECT rowid, ${owner} AS conversationId, id AS messageId FROM ${table}
     WHERE author_id = ? AND rowid > ? ORDER BY rowid LIMIT ${PAGE_ROWS}`,
  )
  const selectRevisions = sqlite.prepare<[string, string, number], Row & { id: number }>(
    `SELECT id, conversation_id, message_id, version, content, replaced_at FROM message_revisions
     WHERE conversation_id = ? AND message_id = ? AND id > ? ORDER BY id LIMIT ${PAGE_ROWS}`,
  )
  let messages: MessagePlace[]
  let passed = 0
  do {
    messages = selectMessages.all(userId, passed)
    passed = messages.at(-1)?.rowid ?? passed
    let found: Row[] = []
    for (const { conversationId, messageId } of messages) {
      let revisions: (Row & { id: number })[]
      let last = 0
      do {
        revisions = selectRevisions.all(conversationId, messageId, last)
        last = revisions.at(-1)?.id ?? last
        found.push(...revisions.map(({ id: _id, ...revision }): Row => revision))
        if (found.length >= PAGE_ROWS) {
          yield found
          found = []
        }
      } while (revisions.length === PAGE_ROWS)
    }
    yield found
  } while (messages.length === PAGE_ROWS)
}

interface MessagePlace {
  rowid: number
  conversationId: string
  messageId: string
}
