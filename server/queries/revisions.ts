/** Reads what a message said before its edits. A deletion leaves nothing of it. */
import { z } from 'zod'
import type { Revision } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { parseCursor, toPage } from './cursor.ts'
import { getMessage } from './messages.ts'

const positionSchema = z.tuple([z.literal('revisions'), z.number()])

/** A page of revisions, the newest first; throws `not_found` without such a message. */
export function listRevisions(
  sqlite: SqliteConnection,
  conversation: Conversation,
  messageId: MessageId,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { revisions: Revision[]; nextCursor: string | null } {
  getMessage(sqlite, conversation, messageId)
  const [, before] =
    cursor === undefined
      ? ['revisions', Number.MAX_SAFE_INTEGER]
      : parseCursor(positionSchema, cursor)
  const rows = prepareOnce<[string, string, number, number], Revision & { id: number }>(
    sqlite,
    `SELECT id, version, content, replaced_at AS replacedAt FROM message_revisions
     WHERE conversation_id = ? AND message_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  ).all(conversation.id, messageId, before, limit + 1)
  const page = toPage(rows, limit, ({ id }) => ['revisions', id])
  return {
    revisions: page.rows.map(({ version, content, replacedAt }) => ({
      version,
      content,
      replacedAt,
    })),
    nextCursor: page.nextCursor,
  }
}
