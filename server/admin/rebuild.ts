/**
 * Makes the tables of one conversation anew from its document (P3). What documents do not hold —
 * when a message arrived, what it said before an edit — stays.
 */
import * as Y from 'yjs'
import { rootMap, rootNames } from '../../shared/document/layout.ts'
import { parseDocumentName } from '../../shared/document/names.ts'
import { messageRecordSchema } from '../../shared/records/message.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { LoadDocument } from '../journal/load-document.ts'
import { emptySearchIndex, markSearchIndexComplete } from '../projection/complete-search-index.ts'
import type { ProjectChanges } from '../projection/project-changes.ts'
import { messageTables } from '../projection/project-message.ts'
import { resetConversationEnds } from './conversation-ends.ts'
import { removeRowsWithoutDocument } from './rows-without-document.ts'
import { isOfSegment, type Segment } from './segment-rows.ts'

export interface RebuildDeps {
  sqlite: SqliteConnection
  loadDocument: LoadDocument
  project: ProjectChanges
  now: () => number
}

/** Answers how many documents were projected. The server must not be running. */
export function rebuild({ sqlite, loadDocument, project, now }: RebuildDeps): number {
  const names = sqlite.prepare<[], { name: string }>('SELECT name FROM documents').all()
  const advance = sqlite.prepare('UPDATE documents SET projected_seq = ? WHERE name = ?')
  resetConversationEnds(sqlite)
  removeRowsWithoutDocument(sqlite)
  emptySearchIndex(sqlite)
  for (const { name } of names) {
    const address = parseDocumentName(name)
    if (address?.kind !== 'conversation') continue
    sqlite.transaction(() => {
      const { update, seq } = loadDocument(name)
      const document = new Y.Doc()
      if (update !== null) Y.applyUpdate(document, update)
      removeStrangers(sqlite, address, document)
      const changes = rootNames.flatMap((root) =>
        [...rootMap(document, root)].map(([key, after]) => ({
          root,
          key,
          before: undefined,
          after,
        })),
      )
      project({
        documentName: name,
        changes,
        isServerMade: false,
        receivedAt: now(),
        isRebuild: true,
      })
      advance.run(seq, name)
      document.destroy()
    })()
  }
  markSearchIndexComplete(sqlite)
  return names.length
}

/**
 * Deletes rows of a segment that stand for no record of its document. A row with another content
 * than its record was never an earlier version of it: the projection must not keep it as a
 * revision.
 */
function removeStrangers(sqlite: SqliteConnection, place: Segment, document: Y.Doc): void {
  const { conversation, segment } = place
  const { table, owner } = messageTables[conversation.kind]
  const messages = rootMap(document, 'messages')
  // First those: they are told apart by the messages that they belong to.
  for (const marks of ['message_reactions', 'message_pins', 'message_files', 'mentions']) {
    sqlite
      .prepare(`DELETE FROM ${marks} WHERE conversation_id = ? AND ${isOfSegment(place)}`)
      .run(conversation.id, segment)
  }
  const rows = sqlite
    .prepare<[string, number], { id: string; content: string }>(
      `SELECT id, content FROM ${table} WHERE ${owner} = ? AND segment = ?`,
    )
    .all(conversation.id, segment)
  const remove = sqlite.prepare(`DELETE FROM ${table} WHERE ${owner} = ? AND id = ?`)
  const correct = sqlite.prepare(`UPDATE ${table} SET content = ? WHERE ${owner} = ? AND id = ?`)
  for (const { id, content } of rows) {
    if (!messages.has(id)) remove.run(conversation.id, id)
    else {
      const record = messageRecordSchema.parse(messages.get(id))
      if (record.content !== content) correct.run(record.content, conversation.id, id)
    }
  }
}
