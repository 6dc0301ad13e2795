/**
 * Rows of conversations, or of segments of them, of which there is no document: whoever goes from
 * document to document never comes upon them. They stand for no record (P3).
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from '../projection/project-message.ts'
import type { Difference } from './verify.ts'

const kinds = ['channel', 'dm'] as const
/** By table: under which name its rows are told. */
const marks = {
  ...{ message_reactions: 'reactions', message_pins: 'pins' },
  ...{ message_files: 'files', mentions: 'mentions' },
}

const isMessageWithoutDocument = (kind: Conversation['kind']): string =>
  `NOT EXISTS (SELECT 1 FROM documents
     WHERE name = '${kind}:' || ${messageTables[kind].owner} || '/' || segment)`

/** Every conversation has a first segment. */
const IS_MARK_WITHOUT_DOCUMENT = `NOT EXISTS (SELECT 1 FROM documents
  WHERE name IN ('channel:' || conversation_id || '/1', 'dm:' || conversation_id || '/1'))`

interface Row {
  conversationId: string
  messageId: string
  segment: number
}

export function findRowsWithoutDocument(sqlite: SqliteConnection): Difference[] {
  const messages = kinds.flatMap((kind) => {
    const { table, owner } = messageTables[kind]
    return sqlite
      .prepare<[], Row>(
        `SELECT ${owner} AS conversationId, id AS messageId, segment FROM ${table}
         WHERE ${isMessageWithoutDocument(kind)}`,
      )
      .all()
      .map(({ conversationId, messageId, segment }) =>
        difference(`${kind}:${conversationId}/${segment}`, 'messages', messageId),
      )
  })
  const others = Object.entries(marks).flatMap(([table, root]) =>
    sqlite
      .prepare<[], Row>(
        `SELECT conversation_id AS conversationId, message_id AS messageId FROM ${table}
         WHERE ${IS_MARK_WITHOUT_DOCUMENT}`,
      )
      .all()
      .map(({ conversationId, messageId }) => difference(conversationId, root, messageId)),
  )
  return [...messages, ...others]
}

/** As a rebuild does, which makes all rows that there are to be from documents. */
export function removeRowsWithoutDocument(sqlite: SqliteConnection): void {
  for (const kind of kinds) {
    const { table } = messageTables[kind]
    sqlite.prepare(`DELETE FROM ${table} WHERE ${isMessageWithoutDocument(kind)}`).run()
  }
  for (const table of Object.keys(marks)) {
    sqlite.prepare(`DELETE FROM ${table} WHERE ${IS_MARK_WITHOUT_DOCUMENT}`).run()
  }
}

function difference(documentName: string, root: string, key: string): Difference {
  return { documentName, root, key, document: undefined, table: 'a row' }
}
