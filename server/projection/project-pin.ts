/** A pin's record -> its row. */
import type { ConversationId } from '../../shared/ids.ts'
import { pinRecordSchema } from '../../shared/records/pin.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export type PinProjector = (conversationId: ConversationId, key: string, after: unknown) => void

export function createPinProjector(sqlite: SqliteConnection): PinProjector {
  const upsert = sqlite.prepare(
    `INSERT INTO message_pins (conversation_id, message_id, user_id, pinned_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET user_id = excluded.user_id, pinned_at = excluded.pinned_at`,
  )
  const remove = sqlite.prepare(
    'DELETE FROM message_pins WHERE conversation_id = ? AND message_id = ?',
  )
  return (conversationId, key, after) => {
    if (after === undefined) {
      remove.run(conversationId, key)
      return
    }
    const { userId, pinnedAt } = pinRecordSchema.parse(after)
    upsert.run(conversationId, key, userId, pinnedAt)
  }
}
