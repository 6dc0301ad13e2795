/** The messages among record changes -> the search index: the live ones in, deleted ones out. */
import type { Conversation } from '../../shared/document/names.ts'
import type { RecordChange } from '../../shared/document/record-edit.ts'
import { isTombstone, messageRecordSchema } from '../../shared/records/message.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { createSearchIndex } from './search-index.ts'

export type SearchProjector = (conversation: Conversation, changes: readonly RecordChange[]) => void

export function createSearchProjector(sqlite: SqliteConnection): SearchProjector {
  const index = createSearchIndex(sqlite)
  return (conversation, changes) => {
    const messages = changes
      .filter(({ root }) => root === 'messages')
      .map(({ key, after }) => ({ messageId: key, record: messageRecordSchema.parse(after) }))
      // In any other order, the index would begin a new part of itself at each message.
      .toSorted((one, other) => one.record.createdAt - other.record.createdAt)
    for (const { messageId, record } of messages) {
      if (isTombstone(record)) index.remove(conversation, messageId)
      else {
        index.put({
          ...{ conversation, messageId },
          ...{ authorId: record.authorId, content: record.content, createdAt: record.createdAt },
          hasFiles: record.fileIds !== undefined,
          isReply: record.parentId !== undefined || record.replyToId !== undefined,
        })
      }
    }
  }
}
