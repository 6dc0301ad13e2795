/** Names that people write into a query -> ids; and which conversations somebody may read now. */
import { isMeant, type SearchDirectory } from '../../../shared/search/resolve-query.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { SqliteConnection } from '../../database/open-database.ts'

/** A conversation that has messages in the index. */
export type SearchedConversation = Conversation & { number: number }

/**
 * What the guard lets somebody read, as one statement: public channels for all but guests, the
 * channels that they are a member of, the DMs that they are in. Deactivated people read nothing.
 */
const READABLE = `
  SELECT c.number, c.kind, c.conversation_id AS id FROM search_conversations AS c
  JOIN users AS reader ON reader.id = @userId AND reader.deactivated_at IS NULL
  WHERE (c.kind = 'channel' AND (
      EXISTS (SELECT 1 FROM channel_members AS m
        WHERE m.channel_id = c.conversation_id AND m.user_id = reader.id)
      OR (reader.role <> 'GUEST' AND EXISTS (SELECT 1 FROM channels
        WHERE channels.id = c.conversation_id AND channels.type = 'PUBLIC'))))
    OR (c.kind = 'dm' AND EXISTS (SELECT 1 FROM direct_message_participants AS p
      WHERE p.thread_id = c.conversation_id AND p.user_id = reader.id))`

export function readableConversations(
  sqlite: SqliteConnection,
  userId: UserId,
): SearchedConversation[] {
  return sqlite.prepare<{ userId: UserId }, SearchedConversation>(READABLE).all({ userId })
}

/** `me` is who searches. A name that nobody has is nobody. */
export function createSearchDirectory(sqlite: SqliteConnection, userId: UserId): SearchDirectory {
  return {
    authorIds(name) {
      if (name.toLowerCase() === 'me') return [userId]
      return sqlite
        .prepare<[], { id: string; name: string; displayName: string | null }>(
          'SELECT id, name, display_name AS displayName FROM users',
        )
        .all()
        .filter(
          (person) =>
            person.id === name ||
            isMeant(name, person.name) ||
            (person.displayName !== null && isMeant(name, person.displayName)),
        )
        .map(({ id }) => id)
    },
    // What may not be read is left out of every search, so that naming it tells nothing.
    conversationIds: (name) => [
      name,
      ...sqlite
        .prepare<[], { id: string; name: string; slug: string }>(
          'SELECT id, name, slug FROM channels',
        )
        .all()
        .filter((channel) => channel.slug === name.toLowerCase() || isMeant(name, channel.name))
        .map(({ id }) => id),
    ],
  }
}
