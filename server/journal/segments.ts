/**
 * The chain of documents that each conversation is: which of them is written to now. A segment
 * exists once its document has a row; rolling alone makes rows beyond the first.
 */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export interface Segments {
  /** The newest segment of a conversation; 1 when nothing was ever written to it. */
  newest: (conversation: Conversation) => number
  /** Which segments changed after this seq, and up to which seq that is known. */
  changedSince: (conversation: Conversation, seq: number) => { changed: number[]; seq: number }
  /** The document of this segment is on disk. */
  add: (conversation: Conversation, segment: number) => void
}

export function createSegments(sqlite: SqliteConnection): Segments {
  // Names between these two are those of one conversation: '0' follows '/'.
  const select = sqlite.prepare<[number, string, string], { newest: number | null }>(
    `SELECT max(CAST(substr(name, ?) AS INTEGER)) AS newest FROM documents
     WHERE name > ? AND name < ?`,
  )
  const selectChanged = sqlite.prepare<
    [number, string, string, number],
    { segment: number; seq: number }
  >(
    `SELECT CAST(substr(name, ?) AS INTEGER) AS segment, projected_seq AS seq FROM documents
     WHERE name > ? AND name < ? AND projected_seq > ?`,
  )
  const known = new Map<string, number>()
  const range = (conversation: Conversation): [number, string, string] => {
    const prefix = formatConversationName(conversation).slice(0, -1)
    return [prefix.length + 1, prefix, `${prefix.slice(0, -1)}0`]
  }
  return {
    newest(conversation) {
      const cached = known.get(conversation.id)
      if (cached !== undefined) return cached
      const row = select.get(...range(conversation))
      const newest = row?.newest ?? 1
      known.set(conversation.id, newest)
      return newest
    },
    changedSince(conversation, since) {
      const rows = selectChanged.all(...range(conversation), since)
      return {
        changed: rows.map(({ segment }) => segment),
        seq: Math.max(since, ...rows.map(({ seq }) => seq)),
      }
    },
    add: ({ id }, segment) => void known.set(id, Math.max(known.get(id) ?? 1, segment)),
  }
}
