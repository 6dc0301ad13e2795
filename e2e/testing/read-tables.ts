/** The rows of one channel, read from the store's file as an administrator may, as records. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { ChannelId } from '../../shared/ids.ts'
import { formatReactionKey, type ReactionKey } from '../../shared/records/reaction.ts'
import { placeOf, type RecordPlace } from './expected-records.ts'

interface MessageRow {
  id: string
  deletedAt: number | null
}

/** Messages, reactions and pins by the places that they have in the document. */
export function readTables(dataDir: string, channelId: ChannelId): Map<RecordPlace, unknown> {
  const sqlite = new Sqlite(join(dataDir, 'connectnow.db'), { readonly: true })
  try {
    const messages = sqlite
      .prepare<[string], MessageRow>(
        `SELECT id, author_id AS authorId, content, type, created_at AS createdAt, version,
           parent_id AS parentId, reply_to_id AS replyToId, edited_at AS editedAt,
           deleted_at AS deletedAt, deleted_by AS deletedBy
         FROM messages WHERE channel_id = ?`,
      )
      .all(channelId)
    const reactions = sqlite
      .prepare<[string], ReactionKey & { createdAt: number }>(
        `SELECT message_id AS messageId, user_id AS userId, emoji, created_at AS createdAt
         FROM message_reactions WHERE conversation_id = ?`,
      )
      .all(channelId)
    const pins = sqlite
      .prepare<[string], { messageId: string }>(
        `SELECT message_id AS messageId, user_id AS userId, pinned_at AS pinnedAt
         FROM message_pins WHERE conversation_id = ?`,
      )
      .all(channelId)
    return new Map<RecordPlace, unknown>([
      ...messages.map(
        ({ id, ...row }) => [placeOf({ root: 'messages', key: id }), known(row)] as const,
      ),
      ...reactions.map(
        (row) =>
          [placeOf({ root: 'reactions', key: formatReactionKey(row) }), row.createdAt] as const,
      ),
      ...pins.map(
        ({ messageId, ...row }) => [placeOf({ root: 'pins', key: messageId }), row] as const,
      ),
    ])
  } finally {
    sqlite.close()
  }
}

/** How many of the documents have a snapshot, and how many entries the journal holds now. */
export function readEngineCounts(dataDir: string): { snapshots: number; journaled: number } {
  const sqlite = new Sqlite(join(dataDir, 'connectnow.db'), { readonly: true })
  try {
    const count = (sql: string): number =>
      sqlite.prepare<[], { count: number }>(sql).get()?.count ?? 0
    return {
      snapshots: count('SELECT count(*) AS count FROM documents WHERE snapshot_seq > 0'),
      journaled: count('SELECT count(*) AS count FROM document_updates'),
    }
  } finally {
    sqlite.close()
  }
}

/** A column without a value is a field that the record does not have. */
function known(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}
