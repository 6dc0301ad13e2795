/**
 * Writes the search index: a message's text, segmented, under an id that tells when it was written.
 * Within the caller's transaction. Writing a message a second time leaves the index as it is.
 */
import type { Conversation } from '../../shared/document/names.ts'
import { hasLink } from '../../shared/search/match-message.ts'
import { segmentText, SEGMENTATION_VERSION } from '../../shared/search/segment-text.ts'
import type { SqliteConnection } from '../database/open-database.ts'

export interface IndexedMessage {
  conversation: Conversation
  messageId: string
  authorId: string
  content: string
  createdAt: number
  hasFiles: boolean
  isReply: boolean
}

export interface SearchIndex {
  /** Fastest in the order of the messages' time. */
  put: (message: IndexedMessage) => void
  /** A message that is not there is no fault. */
  remove: (conversation: Conversation, messageId: string) => void
}

/** Another Unicode has other words: an index of another version is made anew. */
export const searchIndexVersion = `${SEGMENTATION_VERSION}, ICU ${process.versions.icu ?? 'none'}`

/** Ids within one second. */
export const IDS_PER_SECOND = 2 ** 20
/** In the year 2242 ids reach the largest number that JavaScript holds exactly. */
const LAST_SECOND = 2 ** 33 - 1

/** The lowest id of a message that is written at this time, ms UTC, or in the rest of its second. */
export function firstSearchId(time: number): number {
  return Math.min(Math.max(Math.floor(time / 1_000), 0), LAST_SECOND) * IDS_PER_SECOND
}

/** The highest id of a message that is written at this time, ms UTC. */
export function lastSearchId(time: number): number {
  return firstSearchId(time) + IDS_PER_SECOND - 1
}

/** What the index keeps of a message: tokens alone, a space between any two. */
export function toIndexRow(
  { authorId, content, hasFiles, isReply }: Omit<IndexedMessage, 'conversation' | 'messageId'>,
  conversationNumber: number,
): { scope: string; words: string } {
  const flags = [hasFiles && 'f', hasLink(content) && 'l', isReply && 'r'].filter(Boolean)
  const scope = ['m', conversationToken(conversationNumber), authorToken(authorId), ...flags]
  return {
    scope: scope.join(' '),
    words: segmentText(content)
      .map(({ text }) => text)
      .join(' '),
  }
}

export function conversationToken(conversationNumber: number): string {
  return `c${conversationNumber}`
}

export function authorToken(authorId: string): string {
  return `a${authorId.replaceAll('-', '')}`
}

export function createSearchIndex(sqlite: SqliteConnection): SearchIndex {
  const selectNumber = sqlite.prepare<[string], { number: number }>(
    'SELECT number FROM search_conversations WHERE conversation_id = ?',
  )
  const insertConversation = sqlite.prepare<[string, string]>(
    'INSERT INTO search_conversations (kind, conversation_id) VALUES (?, ?)',
  )
  const selectEntry = sqlite.prepare<[number, string], { id: number; createdAt: number }>(
    `SELECT id, created_at AS createdAt FROM search_entries
     WHERE conversation = ? AND message_id = ?`,
  )
  const selectHighest = sqlite.prepare<[number, number], { id: number | null }>(
    'SELECT max(id) AS id FROM search_entries WHERE id BETWEEN ? AND ?',
  )
  const insertEntry = sqlite.prepare<[number, number, string, number]>(
    'INSERT INTO search_entries (id, conversation, message_id, created_at) VALUES (?, ?, ?, ?)',
  )
  const removeEntry = sqlite.prepare<[number, string]>(
    'DELETE FROM search_entries WHERE conversation = ? AND message_id = ?',
  )
  const putWords = sqlite.prepare<[number, string, string]>(
    // better-sqlite3 hands large numbers over as reals, which FTS5 takes for no rowid.
    `INSERT OR REPLACE INTO search_index (rowid, scope, words)
     VALUES (CAST(? AS INTEGER), ?, ?)`,
  )

  function numberOf({ kind, id }: Conversation): number {
    const known = selectNumber.get(id)?.number
    return known ?? Number(insertConversation.run(kind, id).lastInsertRowid)
  }

  /** More than a million messages of one second go on in the next one, where dates find them late. */
  function freeId(createdAt: number): number {
    for (let first = firstSearchId(createdAt); ; first += IDS_PER_SECOND) {
      const last = first + IDS_PER_SECOND - 1
      const highest = selectHighest.get(first, last)?.id ?? first - 1
      if (highest < last) return highest + 1
    }
  }

  return {
    put(message) {
      const { conversation, messageId, createdAt } = message
      const number = numberOf(conversation)
      const standing = selectEntry.get(number, messageId)
      // The time of a message never changes; a row that was tampered with is put right.
      if (standing !== undefined && standing.createdAt !== createdAt) {
        removeEntry.run(number, messageId)
      }
      const isPlaced = standing?.createdAt === createdAt
      const id = isPlaced ? standing.id : freeId(createdAt)
      if (!isPlaced) insertEntry.run(id, number, messageId, createdAt)
      const { scope, words } = toIndexRow(message, number)
      putWords.run(id, scope, words)
    },
    remove(conversation, messageId) {
      const number = selectNumber.get(conversation.id)?.number
      if (number !== undefined) removeEntry.run(number, messageId)
    },
  }
}
