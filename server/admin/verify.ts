/** Compares documents with tables, row by row (P3), and names each difference. Changes nothing. */
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, parseDocumentName } from '../../shared/document/names.ts'
import { messageRecordSchema } from '../../shared/records/message.ts'
import { readMentions } from '../../shared/records/mentions.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { LoadDocument } from '../journal/load-document.ts'
import { messageRow, messageTables } from '../projection/project-message.ts'
import { createConversationEnds, readConversationEnd } from './conversation-ends.ts'
import { findRowsWithoutDocument } from './rows-without-document.ts'
import { isOfSegment, type Segment } from './segment-rows.ts'
import { verifySearch } from './verify-search.ts'

export interface Difference {
  documentName: string
  root: string
  key: string
  document: unknown
  table: unknown
}

/** All differences of all documents; none means that the tables equal the documents. */
export function verify(sqlite: SqliteConnection, loadDocument: LoadDocument): Difference[] {
  const names = sqlite.prepare<[], { name: string }>('SELECT name FROM documents').all()
  const ends = createConversationEnds()
  const differences = names.flatMap(({ name }) => {
    const address = parseDocumentName(name)
    if (address?.kind !== 'conversation') return []
    const { update } = loadDocument(name)
    const document = new Y.Doc()
    if (update !== null) Y.applyUpdate(document, update)
    const segment: Segment = address
    ends.add(segment, document)
    return [
      ...compare(name, 'messages', documentMessages(segment, document), () =>
        tableMessages(sqlite, segment),
      ),
      ...compare(name, 'mentions', documentMentions(document), () =>
        tableMentions(sqlite, segment),
      ),
      ...compare(name, 'files', documentFiles(document), () => tableFiles(sqlite, segment)),
      ...compare(name, 'reactions', new Map(rootMap(document, 'reactions')), () =>
        tableReactions(sqlite, segment),
      ),
      ...compare(name, 'pins', new Map(rootMap(document, 'pins')), () =>
        tablePins(sqlite, segment),
      ),
    ]
  })
  for (const { conversation, end } of ends.all()) {
    differences.push(
      ...compare(
        formatConversationName(conversation),
        'meta',
        new Map(Object.entries(end)),
        () => new Map(Object.entries(readConversationEnd(sqlite, conversation) ?? {})),
      ),
    )
  }
  return [...differences, ...findRowsWithoutDocument(sqlite), ...verifySearch(sqlite)]
}

function compare(
  documentName: string,
  root: string,
  inDocument: Map<string, unknown>,
  readTable: () => Map<string, unknown>,
): Difference[] {
  const inTable = readTable()
  const keys = new Set([...inDocument.keys(), ...inTable.keys()])
  return [...keys]
    .map((key) => ({ key, document: inDocument.get(key), table: inTable.get(key) }))
    .filter(({ document, table }) => canonical(document) !== canonical(table))
    .map((difference) => ({ documentName, root, ...difference }))
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify(entries)
}

function documentMessages(place: Segment, document: Y.Doc): Map<string, unknown> {
  return new Map(
    [...rootMap(document, 'messages')].map(([id, value]) => {
      const record = messageRecordSchema.parse(value)
      const { received_at: _arrival, ...row } = messageRow({ ...place, id, record, receivedAt: 0 })
      return [id, row]
    }),
  )
}

function tableMessages(
  sqlite: SqliteConnection,
  { conversation, segment }: Segment,
): Map<string, unknown> {
  const { table, owner } = messageTables[conversation.kind]
  const rows = sqlite
    .prepare<[string, number], { id: string }>(
      `SELECT ${owner} AS owner_id, id, author_id, content, type, version, parent_id, reply_to_id,
         file_ids, created_at, edited_at, deleted_at, deleted_by, segment
       FROM ${table} WHERE ${owner} = ? AND segment = ?`,
    )
    .all(conversation.id, segment)
  return new Map(rows.map((row) => [row.id, row]))
}

function documentMentions(document: Y.Doc): Map<string, unknown> {
  return new Map(
    [...rootMap(document, 'messages')].flatMap(([id, value]) => {
      const { userIds, groups } = readMentions(messageRecordSchema.parse(value).content)
      return [...userIds, ...groups].map((target) => [`${id}/${target}`, true] as const)
    }),
  )
}

function tableMentions(sqlite: SqliteConnection, place: Segment): Map<string, unknown> {
  const rows = sqlite
    .prepare<[string, number], { messageId: MessageId; target: string }>(
      `SELECT message_id AS messageId, coalesce(user_id, group_name) AS target
       FROM mentions WHERE conversation_id = ? AND ${isOfSegment(place)}`,
    )
    .all(place.conversation.id, place.segment)
  return new Map(rows.map(({ messageId, target }) => [`${messageId}/${target}`, true]))
}

function documentFiles(document: Y.Doc): Map<string, unknown> {
  return new Map(
    [...rootMap(document, 'messages')].flatMap(([id, value]) => {
      const record = messageRecordSchema.parse(value)
      const fileIds = 'fileIds' in record ? (record.fileIds ?? []) : []
      return fileIds.map((fileId) => [`${id}/${fileId}`, true] as const)
    }),
  )
}

function tableFiles(sqlite: SqliteConnection, place: Segment): Map<string, unknown> {
  const rows = sqlite
    .prepare<[string, number], { messageId: MessageId; fileId: string }>(
      `SELECT message_id AS messageId, file_id AS fileId
       FROM message_files WHERE conversation_id = ? AND ${isOfSegment(place)}`,
    )
    .all(place.conversation.id, place.segment)
  return new Map(rows.map(({ messageId, fileId }) => [`${messageId}/${fileId}`, true]))
}

interface ReactionRow {
  messageId: MessageId
  userId: UserId
  emoji: string
  createdAt: number
}

function tableReactions(sqlite: SqliteConnection, place: Segment): Map<string, unknown> {
  const rows = sqlite
    .prepare<[string, number], ReactionRow>(
      `SELECT message_id AS messageId, user_id AS userId, emoji, created_at AS createdAt
       FROM message_reactions WHERE conversation_id = ? AND ${isOfSegment(place)}`,
    )
    .all(place.conversation.id, place.segment)
  return new Map(rows.map((row) => [formatReactionKey(row), row.createdAt]))
}

function tablePins(sqlite: SqliteConnection, place: Segment): Map<string, unknown> {
  const rows = sqlite
    .prepare<[string, number], { messageId: string; userId: string; pinnedAt: number }>(
      `SELECT message_id AS messageId, user_id AS userId, pinned_at AS pinnedAt
       FROM message_pins WHERE conversation_id = ? AND ${isOfSegment(place)}`,
    )
    .all(place.conversation.id, place.segment)
  return new Map(rows.map(({ messageId, ...pin }) => [messageId, pin]))
}
