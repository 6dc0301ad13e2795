/** Which records are to be removed next, a bounded number at a time. */
import type { ChannelId, MessageId, ThreadId, UserId } from '../../shared/ids.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import type { SegmentPlace } from '../commands/conversation-writer.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { RecordKey } from './remove-records.ts'

/** What is to be removed from one document. */
export interface Removal {
  place: SegmentPlace
  keys: RecordKey[]
}

export interface FoundMessage {
  kind: Conversation['kind']
  conversationId: string
  messageId: MessageId
  segment: number
}

export interface FindRecords {
  /** Channels in which something is older than it may become, and the time it may not be older than. */
  expiringChannels: (now: number) => { id: ChannelId; before: number }[]
  expiredInChannel: (channel: { id: ChannelId; before: number }) => Removal[]
  expiredInDms: (now: number) => Removal[]
  /** Reactions to deleted messages and pins of them, whoever deleted these and whenever. */
  leftMarks: () => Removal[]
  peopleBeingErased: () => UserId[]
  /** What somebody wrote, gave and pinned. */
  writtenBy: (userId: UserId) => Removal[]
}

const DAY_MS = 24 * 3_600_000
const MESSAGES_AT_ONCE = 100
const MARKS_AT_ONCE = 300

export function createFindRecords(sqlite: SqliteConnection): FindRecords {
  const selectChannels = sqlite.prepare<{ now: number }, { id: ChannelId; before: number }>(
    `SELECT id, before FROM (
       SELECT channel.id, @now - ${DAY_MS} *
         nullif(coalesce(channel.retention_days, settings.retention_days), 0) AS before
       FROM channels AS channel, workspace_settings AS settings) AS limited
     WHERE before IS NOT NULL AND EXISTS (SELECT 1 FROM messages
       WHERE channel_id = limited.id AND deleted_at IS NULL AND created_at < before)`,
  )
  const selectInChannel = sqlite.prepare<[string, number], FoundMessage>(
    `SELECT 'channel' AS kind, channel_id AS conversationId, id AS messageId, segment
     FROM messages WHERE channel_id = ? AND deleted_at IS NULL AND created_at < ?
     ORDER BY created_at LIMIT ${MESSAGES_AT_ONCE}`,
  )
  const selectInDms = sqlite.prepare<{ now: number }, FoundMessage>(
    `SELECT 'dm' AS kind, thread_id AS conversationId, id AS messageId, segment
     FROM direct_messages WHERE deleted_at IS NULL AND created_at < @now - ${DAY_MS} *
       (SELECT dm_retention_days FROM workspace_settings)
     ORDER BY created_at LIMIT ${MESSAGES_AT_ONCE}`,
  )
  const forgetUnmarked = sqlite.prepare(
    `DELETE FROM left_marks WHERE NOT EXISTS (SELECT 1 FROM message_reactions AS mark
         WHERE mark.conversation_id = left_marks.conversation_id AND mark.message_id = left_marks.message_id)
       AND NOT EXISTS (SELECT 1 FROM message_pins AS mark
         WHERE mark.conversation_id = left_marks.conversation_id AND mark.message_id = left_marks.message_id)`,
  )
  const selectLeft = sqlite.prepare<[], FoundMessage>(
    `SELECT conversation_kind AS kind, conversation_id AS conversationId, message_id AS messageId,
       coalesce(
         (SELECT segment FROM messages WHERE channel_id = conversation_id AND id = message_id),
         (SELECT segment FROM direct_messages WHERE thread_id = conversation_id AND id = message_id)
       ) AS segment
     FROM left_marks LIMIT ${MESSAGES_AT_ONCE}`,
  )
  const selectErased = sqlite.prepare<[], { id: UserId }>(
    `SELECT id FROM users WHERE erased_at IS NOT NULL AND erasure_completed_at IS NULL
     ORDER BY erased_at`,
  )
  const selectReactionsTo = sqlite.prepare<[string, string], { userId: UserId; emoji: string }>(
    `SELECT user_id AS userId, emoji FROM message_reactions
     WHERE conversation_id = ? AND message_id = ?`,
  )
  const selectPinOf = sqlite.prepare<[string, string]>(
    'SELECT 1 FROM message_pins WHERE conversation_id = ? AND message_id = ?',
  )
  const selectMarks = prepareMarks(sqlite)
  const selectWritten = prepareWritten(sqlite)

  /** A message, and what others put to it. */
  function keysOf({ conversationId, messageId }: FoundMessage): RecordKey[] {
    const reactions = selectReactionsTo
      .all(conversationId, messageId)
      .map((reaction): RecordKey => ({
        root: 'reactions',
        key: formatReactionKey({ messageId, ...reaction }),
      }))
    const isPinned = selectPinOf.get(conversationId, messageId) !== undefined
    const pins: RecordKey[] = isPinned ? [{ root: 'pins', key: messageId }] : []
    return [...reactions, ...pins, { root: 'messages', key: messageId }]
  }
  const withMarks = (found: readonly FoundMessage[]): Removal[] =>
    byDocument(found.map((message) => ({ ...message, keys: keysOf(message) })))

  return {
    expiringChannels: (now) => selectChannels.all({ now }),
    expiredInChannel: ({ id, before }) => withMarks(selectInChannel.all(id, before)),
    expiredInDms: (now) => withMarks(selectInDms.all({ now })),
    leftMarks() {
      // What was removed since the last call, and what people took back themselves.
      forgetUnmarked.run()
      return withMarks(selectLeft.all())
    },
    peopleBeingErased: () => selectErased.all().map(({ id }) => id),
    writtenBy(userId) {
      const messages = withMarks(selectWritten(userId))
      return messages.length > 0 ? messages : byDocument(selectMarks(userId))
    },
  }
}

function prepareWritten(sqlite: SqliteConnection): (userId: UserId) => FoundMessage[] {
  // In the order of row ids, from where the last call ended: tombstones are not passed twice.
  const select = (kind: Conversation['kind'], table: string, owner: string) =>
    sqlite.prepare<[string, number], FoundMessage & { rowid: number }>(
      `SELECT rowid, '${kind}' AS kind, ${owner} AS conversationId, id AS messageId, segment
       FROM ${table} WHERE author_id = ? AND rowid > ? AND deleted_at IS NULL
       ORDER BY rowid LIMIT ${MESSAGES_AT_ONCE}`,
    )
  const inChannels = select('channel', 'messages', 'channel_id')
  const inDms = select('dm', 'direct_messages', 'thread_id')
  let passed: { userId: UserId; channel: number; dm: number } | undefined
  return (userId) => {
    if (passed?.userId !== userId) passed = { userId, channel: 0, dm: 0 }
    const found = inChannels.all(userId, passed.channel)
    passed.channel = found.at(-1)?.rowid ?? passed.channel
    if (found.length > 0) return found
    const foundDms = inDms.all(userId, passed.dm)
    passed.dm = foundDms.at(-1)?.rowid ?? passed.dm
    return foundDms
  }
}

type Marked = FoundMessage & { keys: RecordKey[] }

/** The reactions that somebody gave, and what they pinned. */
function prepareMarks(sqlite: SqliteConnection): (userId: UserId) => Marked[] {
  const places = (table: string): string =>
    `SELECT mark.*, 'channel' AS kind, message.segment FROM ${table} AS mark JOIN messages AS message
       ON message.channel_id = mark.conversation_id AND message.id = mark.message_id
     WHERE mark.user_id = @userId
     UNION ALL
     SELECT mark.*, 'dm', message.segment FROM ${table} AS mark JOIN direct_messages AS message
       ON message.thread_id = mark.conversation_id AND message.id = mark.message_id
     WHERE mark.user_id = @userId
     LIMIT ${MARKS_AT_ONCE}`
  const select = (table: string, columns: string) =>
    sqlite.prepare<{ userId: UserId }, FoundMessage & { emoji?: string }>(
      `SELECT kind, conversation_id AS conversationId, message_id AS messageId, segment${columns}
       FROM (${places(table)})`,
    )
  const reactions = select('message_reactions', ', emoji')
  const pins = select('message_pins', '')
  return (userId) => [
    ...reactions.all({ userId }).map(({ emoji = '', ...found }): Marked => {
      const key = formatReactionKey({ messageId: found.messageId, userId, emoji })
      return { ...found, keys: [{ root: 'reactions', key }] }
    }),
    ...pins
      .all({ userId })
      .map((found): Marked => ({ ...found, keys: [{ root: 'pins', key: found.messageId }] })),
  ]
}

function byDocument(found: readonly Marked[]): Removal[] {
  const groups = Map.groupBy(found, ({ conversationId, segment }) => `${conversationId}/${segment}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { kind, conversationId: id, segment } = first
    const conversation: Conversation =
      kind === 'channel'
        ? { kind, id: id as ChannelId } // as its table says
        : { kind, id: id as ThreadId } // as its table says
    return [{ place: { conversation, segment }, keys: group.flatMap(({ keys }) => keys) }]
  })
}
