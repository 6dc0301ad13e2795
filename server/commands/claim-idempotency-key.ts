/** Which message a post with an Idempotency-Key makes, however often it is sent. */
import { createHash } from 'node:crypto'
import type { ConversationId, MessageId, UserId } from '../../shared/ids.ts'
import { AppError } from '../../shared/errors.ts'
import { newId, type CommandContext } from './command-context.ts'

const KEEP_MS = 24 * 3_600_000

/**
 * Answers the id that belongs to the key, the same each time within a day, also when nothing was
 * posted under it yet because the server died in between. Throws `conflict` for another request.
 */
export function claimIdempotencyKey(
  context: CommandContext,
  { userId, conversationId, key }: { userId: UserId; conversationId: ConversationId; key: string },
  request: unknown,
): MessageId {
  const { sqlite } = context.database
  const time = context.now()
  const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex')
  return sqlite.transaction(() => {
    sqlite.prepare('DELETE FROM idempotency_keys WHERE created_at < ?').run(time - KEEP_MS)
    const standing = sqlite
      .prepare<[string, string, string], { messageId: MessageId; requestHash: string }>(
        `SELECT message_id AS messageId, request_hash AS requestHash FROM idempotency_keys
         WHERE user_id = ? AND conversation_id = ? AND key = ?`,
      )
      .get(userId, conversationId, key)
    if (standing !== undefined && standing.requestHash !== requestHash) {
      throw new AppError('conflict', { message: 'Something else was posted under this key' })
    }
    if (standing !== undefined) return standing.messageId
    const messageId = newId<MessageId>(context)
    sqlite
      .prepare(
        `INSERT INTO idempotency_keys
           (user_id, conversation_id, key, message_id, request_hash, created_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(userId, conversationId, key, messageId, requestHash, time)
    return messageId
  })()
}
