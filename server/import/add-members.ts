/**
 * Membership that follows from history: where a source lists no members, whoever wrote in a channel
 * is in it. Runs just before a part of the history is written, never for what stands there already:
 * who left since stays away.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ReadMessagePlace } from '../projection/message-places.ts'
import type { ImportedMessage } from './imported-records.ts'

export type AddMembers = (conversation: Conversation, messages: readonly ImportedMessage[]) => void

export function createAddMembers(
  sqlite: SqliteConnection,
  readPlace: ReadMessagePlace,
): AddMembers {
  const insert = sqlite.prepare(
    `INSERT INTO channel_members (channel_id, user_id, role, joined_at)
     VALUES (?, ?, 'MEMBER', ?) ON CONFLICT DO NOTHING`,
  )
  const insertAll = sqlite.transaction(
    (conversation: Conversation, joining: readonly ImportedMessage[]) => {
      for (const { versions } of joining) {
        const [{ authorId, createdAt }] = versions
        insert.run(conversation.id, authorId, createdAt)
      }
    },
  )
  return (conversation, messages) => {
    if (conversation.kind !== 'channel') return
    const joining = messages.filter(
      ({ id, isJoining }) => isJoining === true && readPlace(conversation, id) === undefined,
    )
    if (joining.length > 0) insertAll(conversation, joining)
  }
}
