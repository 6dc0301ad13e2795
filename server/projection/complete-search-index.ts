/**
 * Makes the search index of the messages that are in the tables already: of a store that is older
 * than the index, whose index was segmented otherwise, or that was being rebuilt. In parts, each a
 * transaction that notes how far it came: a process that ends meanwhile goes on at its next start.
 * Before the server listens; a store whose index is complete costs one read.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from './project-message.ts'
import { createSearchIndex, searchIndexVersion, type IndexedMessage } from './search-index.ts'

type Kind = Conversation['kind']

interface State {
  version: string
  stage: Kind | 'done'
  conversationId: string
  messageId: string
}

/** The columns of a message that decide how it is found. */
export interface SearchedRow extends Omit<IndexedMessage, 'conversation' | 'hasFiles' | 'isReply'> {
  conversationId: string
  hasFiles: number
  isReply: number
  /** Deleted ones are not in the index. */
  isDeleted: number
}

export interface CompleteOptions {
  /** Told after each part how many messages were read so far. */
  onProgress?: ((count: number) => void) | undefined
  messagesPerPart?: number
}

const MESSAGES_PER_PART = 5_000

/** Rows of one kind in the order of their keys; the parameters are a key to start after, and a limit. */
export function searchedRowsSql(kind: Kind): string {
  const { table, owner } = messageTables[kind]
  return `SELECT ${owner} AS conversationId, id AS messageId, author_id AS authorId, content,
      created_at AS createdAt, file_ids IS NOT NULL AS hasFiles,
      (parent_id IS NOT NULL OR reply_to_id IS NOT NULL) AS isReply,
      deleted_at IS NOT NULL AS isDeleted
    FROM ${table} WHERE (${owner}, id) > (?, ?) ORDER BY ${owner}, id LIMIT ?`
}

/** Answers how many messages were read. */
export function completeSearchIndex(
  sqlite: SqliteConnection,
  { onProgress, messagesPerPart = MESSAGES_PER_PART }: CompleteOptions = {},
): number {
  const read = sqlite.prepare<[], State>(
    `SELECT version, stage, after_conversation_id AS conversationId, after_message_id AS messageId
     FROM search_state`,
  )
  const isDone = ({ version, stage }: State): boolean =>
    version === searchIndexVersion && stage === 'done'
  let state = required(read.get())
  if (isDone(state)) return 0
  if (state.version !== searchIndexVersion) state = sqlite.transaction(() => restart(sqlite))()

  const index = createSearchIndex(sqlite)
  const selects = {
    channel: sqlite.prepare<[string, string, number], SearchedRow>(searchedRowsSql('channel')),
    dm: sqlite.prepare<[string, string, number], SearchedRow>(searchedRowsSql('dm')),
  }
  let count = 0
  const addPart = sqlite.transaction((at: State, kind: Kind): State => {
    const rows = selects[kind].all(at.conversationId, at.messageId, messagesPerPart)
    for (const row of rows.toSorted((one, other) => one.createdAt - other.createdAt)) {
      if (row.isDeleted === 0) index.put(toIndexedMessage(kind, row))
    }
    count += rows.length
    const last = rows.at(-1)
    if (last !== undefined) {
      const { conversationId, messageId } = last
      return write(sqlite, { ...at, conversationId, messageId })
    }
    const stage = kind === 'channel' ? 'dm' : 'done'
    return write(sqlite, { ...at, stage, conversationId: '', messageId: '' })
  })
  while (state.stage !== 'done') {
    state = addPart(state, state.stage)
    if (count > 0) onProgress?.(count)
  }
  return count
}

/** Empties the index, to be made anew by projecting everything; `markSearchIndexComplete` ends that. */
export function emptySearchIndex(sqlite: SqliteConnection): void {
  sqlite.transaction(() => restart(sqlite))()
}

export function markSearchIndexComplete(sqlite: SqliteConnection): void {
  sqlite.exec("UPDATE search_state SET stage = 'done'")
}

/** What the index takes of a row. */
export function toIndexedMessage(kind: Kind, row: SearchedRow): IndexedMessage {
  const { conversationId, hasFiles, isReply, ...message } = row
  // The tables of each kind hold ids of that kind alone.
  const conversation = { kind, id: conversationId } as Conversation // see above
  return { ...message, conversation, hasFiles: hasFiles === 1, isReply: isReply === 1 }
}

function restart(sqlite: SqliteConnection): State {
  // First: the entries then have nothing left to remove one by one.
  sqlite.exec("INSERT INTO search_index (search_index) VALUES ('delete-all')")
  sqlite.exec('DELETE FROM search_entries; DELETE FROM search_conversations')
  return write(sqlite, {
    ...{ version: searchIndexVersion, stage: 'channel', conversationId: '', messageId: '' },
  })
}

function write(sqlite: SqliteConnection, state: State): State {
  sqlite
    .prepare<[State]>(
      `UPDATE search_state SET version = @version, stage = @stage,
         after_conversation_id = @conversationId, after_message_id = @messageId`,
    )
    .run(state)
  return state
}

function required(state: State | undefined): State {
  if (state === undefined) throw new Error('The store lacks the state of its search index')
  return state
}
