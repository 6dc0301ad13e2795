/** Whom a message's record names -> its rows in `mentions`. A deleted message names nobody. */
import type { ConversationId } from '../../shared/ids.ts'
import { messageRecordSchema } from '../../shared/records/message.ts'
import { readMentions } from '../../shared/records/mentions.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export type MentionProjector = (
  conversationId: ConversationId,
  messageId: string,
  after: unknown,
) => void

export function createMentionProjector(sqlite: SqliteConnection): MentionProjector {
  const remove = sqlite.prepare('DELETE FROM mentions WHERE conversation_id = ? AND message_id = ?')
  const insert = sqlite.prepare(
    `INSERT INTO mentions (conversation_id, message_id, user_id, group_name) VALUES (?, ?, ?, ?)`,
  )
  return (conversationId, messageId, after) => {
    remove.run(conversationId, messageId)
    const { userIds, groups } = readMentions(messageRecordSchema.parse(after).content)
    for (const userId of userIds) insert.run(conversationId, messageId, userId, null)
    for (const group of groups) insert.run(conversationId, messageId, null, group)
  }
}
