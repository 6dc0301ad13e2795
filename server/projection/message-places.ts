/** Which segment of its conversation holds a message, as far as the tables know. */
import type { Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from './project-message.ts'

/** Undefined when no segment has a message with this id. */
export type ReadMessagePlace = (conversation: Conversation, messageId: string) => number | undefined

export function createReadMessagePlace(sqlite: SqliteConnection): ReadMessagePlace {
  const prepare = (kind: Conversation['kind']) => {
    const { table, owner } = messageTables[kind]
    return sqlite.prepare<[string, string], { segment: number }>(
      `SELECT segment FROM ${table} WHERE ${owner} = ? AND id = ?`,
    )
  }
  const statements = { channel: prepare('channel'), dm: prepare('dm') }
  return ({ kind, id }, messageId) => statements[kind].get(id, messageId)?.segment
}
