/** Whom a message may concern, with what each wishes to hear: found without a look at everybody. */
import { z } from 'zod'
import type { NotifyLevel } from '../../../shared/api/preferences.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { MessageRecord } from '../../../shared/records/message.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { messageTables } from '../project-message.ts'
import type { Wishes } from './decide-kind.ts'

export interface Audience {
  /** Who wrote in the thread that a message is in, and what it replies to. */
  threadUserIds: (conversation: Conversation, record: MessageRecord) => Set<UserId>
  /**
   * The wishes of these people, of all who asked to hear more of the conversation, and of everybody
   * in it when `isForAll`: of those who may read it, and not the author's own.
   */
  wishesOf: (question: AudienceQuestion) => Wishes[]
}

interface AudienceQuestion {
  conversation: Conversation
  authorId: UserId
  userIds: Iterable<UserId>
  isForAll: boolean
}

interface WishesRow {
  userId: UserId
  isMember: number
  isMuted: number
  level: NotifyLevel | null
  ownLevel: NotifyLevel
  wantsReplies: number
  wantsReactions: number
  keywords: string
}

const keywordsSchema = z.array(z.string())

const preferenceColumns = `coalesce(p.notify_level, 'MENTIONS') AS ownLevel,
  coalesce(p.notify_replies, 1) AS wantsReplies,
  coalesce(p.notify_reactions, 0) AS wantsReactions,
  coalesce(p.keywords, '[]') AS keywords`

export function createAudience(sqlite: SqliteConnection): Audience {
  const selectThread = {
    channel: prepareThread(sqlite, 'channel'),
    dm: prepareThread(sqlite, 'dm'),
  }
  const selectMembers = sqlite.prepare<Record<string, string | number>, WishesRow>(
    `WITH candidates AS (
       SELECT value AS user_id FROM json_each(@userIds)
       UNION
       SELECT user_id FROM channel_members WHERE channel_id = @id AND notify_level = 'ALL'
       UNION
       SELECT p.user_id FROM user_preferences AS p
       CROSS JOIN channel_members AS m ON m.channel_id = @id AND m.user_id = p.user_id
       WHERE p.notify_level = 'ALL'
       UNION
       SELECT p.user_id FROM user_preferences AS p
       CROSS JOIN channel_members AS m ON m.channel_id = @id AND m.user_id = p.user_id
       WHERE p.keywords <> '[]'
       UNION
       SELECT user_id FROM channel_members WHERE channel_id = @id AND @isForAll = 1
     )
     SELECT u.id AS userId, m.user_id IS NOT NULL AS isMember, coalesce(m.muted, 0) AS isMuted,
       m.notify_level AS level, ${preferenceColumns}
     FROM candidates AS c
     JOIN users AS u ON u.id = c.user_id
     JOIN channels AS ch ON ch.id = @id
     LEFT JOIN channel_members AS m ON m.channel_id = @id AND m.user_id = u.id
     LEFT JOIN user_preferences AS p ON p.user_id = u.id
     WHERE u.id <> @authorId AND u.deactivated_at IS NULL
       AND (m.user_id IS NOT NULL OR (ch.type = 'PUBLIC' AND u.role <> 'GUEST'))`,
  )
  const selectParticipants = sqlite.prepare<Record<string, string>, WishesRow>(
    `SELECT u.id AS userId, 1 AS isMember, d.muted AS isMuted, d.notify_level AS level,
       ${preferenceColumns}
     FROM direct_message_participants AS d
     JOIN users AS u ON u.id = d.user_id
     LEFT JOIN user_preferences AS p ON p.user_id = u.id
     WHERE d.thread_id = @id AND u.id <> @authorId AND u.deactivated_at IS NULL`,
  )

  return {
    threadUserIds({ kind, id }, { parentId, replyToId }) {
      if (parentId === undefined && replyToId === undefined) return new Set()
      const question = { id, parentId: parentId ?? null, replyToId: replyToId ?? null }
      return new Set(selectThread[kind].all(question).map(({ userId }) => userId))
    },
    wishesOf({ conversation: { kind, id }, authorId, userIds, isForAll }) {
      const rows =
        kind === 'dm'
          ? selectParticipants.all({ id, authorId })
          : selectMembers.all({
              ...{ id, authorId, isForAll: Number(isForAll) },
              userIds: JSON.stringify([...userIds]),
            })
      return rows.map((row) => ({
        ...row,
        isMember: row.isMember === 1,
        isMuted: row.isMuted === 1,
        wantsReplies: row.wantsReplies === 1,
        wantsReactions: row.wantsReactions === 1,
        keywords: row.keywords === '[]' ? [] : keywordsSchema.parse(JSON.parse(row.keywords)),
      }))
    },
  }
}

function prepareThread(sqlite: SqliteConnection, kind: Conversation['kind']) {
  const { table, owner } = messageTables[kind]
  return sqlite.prepare<Record<string, string | null>, { userId: UserId }>(
    `SELECT author_id AS userId FROM ${table}
     WHERE ${owner} = @id AND parent_id = @parentId
     UNION
     SELECT author_id FROM ${table}
     WHERE ${owner} = @id AND id IN (@parentId, @replyToId)`,
  )
}
