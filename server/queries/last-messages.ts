/** Reads the beginning of the newest message of conversations, as lists show it: one statement. */
import { z } from 'zod'
import { MAX_PREVIEW_LENGTH, type LastMessage } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { userIdSchema, type ConversationId } from '../../shared/ids.ts'
import { messageTypes } from '../../shared/records/message.ts'
import { timeSchema } from '../../shared/records/time.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { messageTables } from '../projection/project-message.ts'

const rowSchema = z.tuple([userIdSchema, z.string(), z.enum(messageTypes), timeSchema])

/** Adds to channels or threads what was said last in them; null where nothing was. */
export function withLastMessages<Row extends { id: ConversationId }>(
  sqlite: SqliteConnection,
  kind: Conversation['kind'],
  rows: readonly Row[],
): (Row & { lastMessage: LastMessage | null })[] {
  const { table, owner } = messageTables[kind]
  const found = prepareOnce<[number, string], { id: ConversationId; last: string | null }>(
    sqlite,
    `SELECT asked.value AS id, (
         SELECT json_array(author_id, substr(content, 1, ?), type, created_at) FROM ${table}
         WHERE ${owner} = asked.value AND deleted_at IS NULL
         ORDER BY created_at DESC LIMIT 1
       ) AS last FROM json_each(?) AS asked`,
  ).all(MAX_PREVIEW_LENGTH, JSON.stringify(rows.map(({ id }) => id)))
  const byId = new Map(found.map(({ id, last }) => [id, last]))
  return rows.map((row) => ({ ...row, lastMessage: toLastMessage(byId.get(row.id) ?? null) }))
}

function toLastMessage(json: string | null): LastMessage | null {
  if (json === null) return null
  const [authorId, content, type, createdAt] = rowSchema.parse(JSON.parse(json))
  return { authorId, content, type, createdAt }
}
