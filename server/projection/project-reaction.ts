/** A reaction's record -> its row. */
import type { ConversationId } from '../../shared/ids.ts'
import { parseReactionKey, reactionRecordSchema } from '../../shared/records/reaction.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export type ReactionProjector = (
  conversationId: ConversationId,
  key: string,
  after: unknown,
) => void

export function createReactionProjector(sqlite: SqliteConnection): ReactionProjector {
  const upsert = sqlite.prepare(
    `INSERT INTO message_reactions (conversation_id, message_id, user_id, emoji, created_at)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET created_at = excluded.created_at`,
  )
  const remove = sqlite.prepare(
    `DELETE FROM message_reactions
     WHERE conversation_id = ? AND message_id = ? AND user_id = ? AND emoji = ?`,
  )
  return (conversationId, key, after) => {
    const parsed = parseReactionKey(key)
    if (parsed === undefined) throw new Error('A reaction was accepted under an invalid key')
    const place = [conversationId, parsed.messageId, parsed.userId, parsed.emoji]
    if (after === undefined) remove.run(...place)
    else upsert.run(...place, reactionRecordSchema.parse(after))
  }
}
