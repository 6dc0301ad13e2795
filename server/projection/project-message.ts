/** A message's record -> its row, and the revision that an edit replaces. */
import type { Conversation } from '../../shared/document/names.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
  type Tombstone,
} from '../../shared/records/message.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { writeAuditEntry, type RequestOrigin } from '../database/write-audit-entry.ts'
import { createFileProjector } from './project-files.ts'

export interface MessageChange {
  conversation: Conversation
  segment: number
  id: string
  after: unknown
  isServerMade: boolean
  isRebuild: boolean
  receivedAt: number
  /** From where it came, where that is known. */
  origin: RequestOrigin | undefined
}

interface StandingRow {
  content: string
  version: number
  receivedAt: number
  deletedAt: number | null
}

type MessageRow = Record<string, string | number | null>

/** Where the messages of each kind of conversation are kept. */
export const messageTables = {
  channel: { table: 'messages', owner: 'channel_id', parent: 'channels' },
  dm: { table: 'direct_messages', owner: 'thread_id', parent: 'direct_message_threads' },
} as const

export function createMessageProjector(sqlite: SqliteConnection): (change: MessageChange) => void {
  const statements = {
    channel: prepareStatements(sqlite, 'channel'),
    dm: prepareStatements(sqlite, 'dm'),
  }
  const projectFiles = createFileProjector(sqlite)
  const insertRevision = sqlite.prepare(
    `INSERT INTO message_revisions (conversation_id, message_id, version, content, replaced_at)
     VALUES (?, ?, ?, ?, ?)`,
  )
  const deleteRevisions = sqlite.prepare(
    'DELETE FROM message_revisions WHERE conversation_id = ? AND message_id = ?',
  )

  return (change) => {
    const { conversation, segment, id, after, isServerMade, receivedAt, origin } = change
    const record = messageRecordSchema.parse(after)
    const { select, upsert, touchParent } = statements[conversation.kind]
    const standing = select.get(conversation.id, id)
    // Imported history arrived when it was written, as far as its readers are concerned.
    const arrivedAt = standing?.receivedAt ?? (isServerMade ? record.createdAt : receivedAt)
    if (isTombstone(record)) {
      deleteRevisions.run(conversation.id, id)
      const wasDeleted = typeof standing?.deletedAt === 'number'
      if (!wasDeleted && !isServerMade && record.deletedBy !== record.authorId) {
        noteModeration(sqlite, { conversation, id, record, origin, at: receivedAt })
      }
    } else if (standing !== undefined && standing.content !== record.content) {
      const replacedAt = record.editedAt ?? receivedAt
      insertRevision.run(conversation.id, id, standing.version, standing.content, replacedAt)
    }
    upsert.run(messageRow({ conversation, segment, id, record, receivedAt: arrivedAt }))
    const isStanding = standing !== undefined
    const { isRebuild } = change
    projectFiles({ conversation, messageId: id, record, isStanding, isRebuild, time: receivedAt })
    touchParent.run(record.createdAt, conversation.id)
  }
}

/** By whichever door the deletion came. A rebuild tells it again, under the same id. */
function noteModeration(
  sqlite: SqliteConnection,
  { conversation, id, record, origin, at }: Moderation,
): void {
  writeAuditEntry(sqlite, {
    ...{ action: 'message.deleted_by_moderator', entityType: 'message', entityId: id, at },
    id: `deleted:${conversation.id}:${id}`,
    ...{ actorId: record.deletedBy, origin },
    details: { conversationId: conversation.id, authorId: record.authorId },
  })
}

interface Moderation {
  conversation: Conversation
  id: string
  record: Tombstone
  origin: RequestOrigin | undefined
  at: number
}

export interface PlacedMessage {
  conversation: Conversation
  segment: number
  id: string
  record: MessageRecord
  receivedAt: number
}

/** The columns of a message's row, `owner_id` standing for its channel or thread. */
export function messageRow(message: PlacedMessage): MessageRow {
  const { conversation, segment, id, record, receivedAt } = message
  const tombstone = isTombstone(record) ? record : undefined
  return {
    owner_id: conversation.id,
    id,
    author_id: record.authorId,
    content: record.content,
    type: record.type,
    version: record.version,
    parent_id: record.parentId ?? null,
    reply_to_id: record.replyToId ?? null,
    file_ids: 'fileIds' in record ? JSON.stringify(record.fileIds) : null,
    created_at: record.createdAt,
    received_at: receivedAt,
    edited_at: record.editedAt ?? null,
    deleted_at: tombstone?.deletedAt ?? null,
    deleted_by: tombstone?.deletedBy ?? null,
    segment,
  }
}

function prepareStatements(sqlite: SqliteConnection, kind: Conversation['kind']) {
  const { table, owner, parent } = messageTables[kind]
  return {
    select: sqlite.prepare<[string, string], StandingRow>(
      `SELECT content, version, received_at AS receivedAt, deleted_at AS deletedAt
       FROM ${table} WHERE ${owner} = ? AND id = ?`,
    ),
    upsert: sqlite.prepare<[MessageRow]>(
      `INSERT INTO ${table} (${owner}, id, author_id, content, type, version, parent_id, reply_to_id,
         file_ids, created_at, received_at, edited_at, deleted_at, deleted_by, segment)
       VALUES (@owner_id, @id, @author_id, @content, @type, @version, @parent_id, @reply_to_id,
         @file_ids, @created_at, @received_at, @edited_at, @deleted_at, @deleted_by, @segment)
       ON CONFLICT (${owner}, id) DO UPDATE SET
         author_id = excluded.author_id, content = excluded.content, type = excluded.type,
         version = excluded.version, parent_id = excluded.parent_id,
         reply_to_id = excluded.reply_to_id, file_ids = excluded.file_ids,
         created_at = excluded.created_at, edited_at = excluded.edited_at,
         deleted_at = excluded.deleted_at, deleted_by = excluded.deleted_by,
         segment = excluded.segment`,
    ),
    touchParent: sqlite.prepare<[number, string]>(
      `UPDATE ${parent} SET last_message_at = max(coalesce(last_message_at, 0), ?) WHERE id = ?`,
    ),
  }
}
