/**
 * Notes deleted messages that have reactions or a pin, those that came from a late browser included,
 * so that these are removed from the documents: nobody sees them, and they must not stay for ever.
 */
import type { RecordChange } from '../../shared/document/record-edit.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { isTombstone, messageRecordSchema } from '../../shared/records/message.ts'
import { parseReactionKey } from '../../shared/records/reaction.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from './project-message.ts'

/** Call it once the rows of all these changes are written. */
export type NoteLeftMarks = (conversation: Conversation, changes: readonly RecordChange[]) => void

export function createNoteLeftMarks(sqlite: SqliteConnection): NoteLeftMarks {
  const prepare = (kind: Conversation['kind']) => {
    const { table, owner } = messageTables[kind]
    return sqlite.prepare<{ id: string; messageId: string }>(
      `INSERT INTO left_marks (conversation_kind, conversation_id, message_id)
       SELECT '${kind}', @id, @messageId
       WHERE EXISTS (SELECT 1 FROM ${table}
           WHERE ${owner} = @id AND id = @messageId AND deleted_at IS NOT NULL)
         AND (EXISTS (SELECT 1 FROM message_reactions
             WHERE conversation_id = @id AND message_id = @messageId)
           OR EXISTS (SELECT 1 FROM message_pins
             WHERE conversation_id = @id AND message_id = @messageId))
       ON CONFLICT DO NOTHING`,
    )
  }
  const notes = { channel: prepare('channel'), dm: prepare('dm') }
  return ({ kind, id }, changes) => {
    const messageIds = new Set(changes.map(markedMessageId))
    for (const messageId of messageIds) {
      if (messageId !== undefined) notes[kind].run({ id, messageId })
    }
  }
}

/** Of a change that may leave marks on a deleted message. */
function markedMessageId({ root, key, after }: RecordChange): string | undefined {
  if (after === undefined) return undefined
  switch (root) {
    case 'messages':
      return isTombstone(messageRecordSchema.parse(after)) ? key : undefined
    case 'reactions':
      return parseReactionKey(key)?.messageId
    case 'pins':
      return key
    case 'meta':
      return undefined
  }
}
