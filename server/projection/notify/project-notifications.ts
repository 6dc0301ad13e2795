/**
 * What people do -> whom it notifies, in the transaction that writes the rows of it. Whatever is
 * projected a second time notifies nobody again; what is rebuilt or imported notifies nobody at all.
 */
import type { Conversation } from '../../../shared/document/names.ts'
import type { UserId } from '../../../shared/ids.ts'
import { readMentions, type Mentions } from '../../../shared/records/mentions.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
} from '../../../shared/records/message.ts'
import { parseReactionKey } from '../../../shared/records/reaction.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { messageTables } from '../project-message.ts'
import { unknownAttention, type Attention } from './attention.ts'
import { createAudience } from './audience.ts'
import { decideKind } from './decide-kind.ts'
import { createWriteNotification } from './write-notification.ts'

export interface NotificationProjectionDeps {
  attention?: Attention
  /** False where no e-mail can go out: then none is prepared. */
  hasMail?: boolean
  /**
   * Whose notifications are other ones now. Called in a later turn of the event loop, when the
   * transaction is on disk, or was rolled back and will be tried again.
   */
  onNotified?: (userIds: readonly UserId[]) => void
}

export interface ProjectedChange {
  conversation: Conversation
  key: string
  before: unknown
  after: unknown
  /** It is history: it may take notifications away, and brings none. */
  isSilent: boolean
  receivedAt: number
}

export interface NotificationProjector {
  message: (change: ProjectedChange) => void
  reaction: (change: ProjectedChange) => void
}

export function createNotificationProjector(
  sqlite: SqliteConnection,
  { attention = unknownAttention, hasMail = true, onNotified }: NotificationProjectionDeps,
): NotificationProjector {
  const audience = createAudience(sqlite)
  const write = createWriteNotification(sqlite, hasMail)
  const removeOfMessage = sqlite.prepare<[string, string], { userId: UserId }>(
    `DELETE FROM notifications WHERE conversation_id = ? AND message_id = ?
     RETURNING user_id AS userId`,
  )
  const dismissReaction = sqlite.prepare<[number, string, string], { userId: UserId }>(
    `UPDATE notifications SET dismissed_at = ?
     WHERE conversation_id = ? AND message_id = ? AND kind = 'REACTION' AND dismissed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM message_reactions AS r
         WHERE r.conversation_id = notifications.conversation_id
           AND r.message_id = notifications.message_id AND r.user_id <> notifications.user_id)
     RETURNING user_id AS userId`,
  )
  const selectAuthor = {
    channel: prepareAuthor(sqlite, 'channel'),
    dm: prepareAuthor(sqlite, 'dm'),
  }
  let notified: Set<UserId> | undefined

  function note(userId: UserId): void {
    if (onNotified === undefined) return
    if (notified === undefined) {
      notified = new Set()
      // A transaction is synchronous: in the next turn it is over.
      setImmediate(() => {
        const userIds = [...(notified ?? [])]
        notified = undefined
        onNotified(userIds)
      })
    }
    notified.add(userId)
  }

  function notifyOf(change: ProjectedChange, record: MessageRecord, before?: MessageRecord): void {
    const { conversation, key: messageId, receivedAt } = change
    const isNew = before === undefined
    const mentions = addedMentions(record.content, before?.content)
    const threadUserIds = isNew ? audience.threadUserIds(conversation, record) : new Set<UserId>()
    const isForAll = mentions.groups.size > 0
    if (!isNew && !isForAll && mentions.userIds.size === 0) return
    const { authorId, content } = record
    const userIds = new Set([...mentions.userIds, ...threadUserIds])
    for (const wishes of audience.wishesOf({ conversation, authorId, userIds, isForAll })) {
      const { userId } = wishes
      const message = { conversation, content, mentions, isNew, threadUserIds }
      const kind = decideKind(wishes, message, attention.isOnline)
      if (kind === undefined || attention.isLooking(userId, conversation.id)) continue
      const row = {
        userId,
        kind,
        conversation,
        messageId,
        actorId: authorId,
        createdAt: receivedAt,
      }
      if (write(row)) note(userId)
    }
  }

  return {
    message(change) {
      const { conversation, key, before, after, isSilent } = change
      const record = messageRecordSchema.parse(after)
      if (isTombstone(record)) {
        for (const { userId } of removeOfMessage.all(conversation.id, key)) note(userId)
      } else if (!isSilent && record.type !== 'SYSTEM') {
        notifyOf(change, record, before === undefined ? before : messageRecordSchema.parse(before))
      }
    },
    reaction({ conversation, key, after, isSilent, receivedAt }) {
      const reaction = parseReactionKey(key)
      if (reaction === undefined || isSilent) return
      const { messageId, userId: actorId } = reaction
      if (after === undefined) {
        const dismissed = dismissReaction.all(receivedAt, conversation.id, messageId)
        for (const { userId } of dismissed) note(userId)
        return
      }
      const author = selectAuthor[conversation.kind].get(conversation.id, messageId)
      if (author === undefined || author.userId === actorId) return
      const { userId } = author
      const question = { conversation, authorId: actorId, userIds: [userId], isForAll: false }
      const wishes = audience.wishesOf(question).find((each) => each.userId === userId)
      if (wishes?.wantsReactions !== true || !wishes.isMember || wishes.isMuted) return
      if ((wishes.level ?? wishes.ownLevel) === 'NOTHING') return
      if (attention.isLooking(userId, conversation.id)) return
      const row = { userId, conversation, messageId, actorId, createdAt: receivedAt }
      if (write({ ...row, kind: 'REACTION' })) note(userId)
    },
  }
}

/** Whom the content names that it did not name before. */
function addedMentions(content: string, before: string | undefined): Mentions {
  const mentions = readMentions(content)
  if (before === undefined) return mentions
  const standing = readMentions(before)
  return {
    userIds: mentions.userIds.difference(standing.userIds),
    groups: mentions.groups.difference(standing.groups),
  }
}

function prepareAuthor(sqlite: SqliteConnection, kind: Conversation['kind']) {
  const { table, owner } = messageTables[kind]
  return sqlite.prepare<[string, string], { userId: UserId }>(
    `SELECT author_id AS userId FROM ${table}
     WHERE ${owner} = ? AND id = ? AND deleted_at IS NULL`,
  )
}
