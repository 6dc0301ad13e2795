/** Reads how many replies messages have and who gave the last ones: one statement for a whole page. */
import type { Message } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { messageTables } from '../projection/project-message.ts'

export type ThreadSummary = Pick<Message, 'replyCount' | 'lastRepliers'>

interface ReplierRow {
  parentId: MessageId
  replyCount: number
  userId: UserId
  name: string | null
  displayName: string | null
  avatarUrl: string | null
  repliedAt: number
}

const MAX_REPLIERS = 3

/** Answers those of the messages that have replies. */
export function readThreadSummaries(
  sqlite: SqliteConnection,
  { kind, id }: Conversation,
  messageIds: readonly MessageId[],
): Map<MessageId, ThreadSummary> {
  const { table, owner } = messageTables[kind]
  const rows = prepareOnce<[string, string, number], ReplierRow>(
    sqlite,
    `SELECT thread.*, users.name, users.display_name AS displayName, users.avatar_url AS avatarUrl
     FROM (
       SELECT parent_id AS parentId, author_id AS userId, max(created_at) AS repliedAt,
         sum(count(*)) OVER (PARTITION BY parent_id) AS replyCount,
         row_number() OVER (
           PARTITION BY parent_id ORDER BY max(created_at) DESC, author_id
         ) AS place
       FROM ${table}
       WHERE ${owner} = ? AND parent_id IN (SELECT value FROM json_each(?))
         AND deleted_at IS NULL
       GROUP BY parent_id, author_id
     ) AS thread LEFT JOIN users ON users.id = thread.userId
     WHERE place <= ? ORDER BY place`,
  ).all(id, JSON.stringify(messageIds), MAX_REPLIERS)
  const byParent = Map.groupBy(rows, ({ parentId }) => parentId)
  return new Map([...byParent].map(([parentId, repliers]) => [parentId, toSummary(repliers)]))
}

function toSummary(repliers: readonly ReplierRow[]): ThreadSummary {
  return {
    replyCount: repliers[0]?.replyCount ?? 0,
    lastRepliers: repliers.map(({ userId, name, displayName, avatarUrl, repliedAt }) => ({
      id: userId,
      // Whoever was erased leaves replies behind, but no name.
      name: name ?? 'Unknown',
      displayName,
      avatarUrl,
      repliedAt,
    })),
  }
}
