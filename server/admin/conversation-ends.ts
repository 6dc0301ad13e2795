/** What the tables say of a conversation as a whole, beside what its documents add up to. */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { messageRecordSchema } from '../../shared/records/message.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from '../projection/project-message.ts'
import type { Segment } from './segment-rows.ts'

/** Both columns of `channels` and `direct_message_threads` that the projection writes. */
export interface ConversationEnd {
  lastMessageAt: number | null
  newestSegment: number
}

/** Adds up the documents of conversations. */
export interface ConversationEnds {
  add: (segment: Segment, document: Y.Doc) => void
  all: () => { conversation: Conversation; end: ConversationEnd }[]
}

export function createConversationEnds(): ConversationEnds {
  const ends = new Map<string, { conversation: Conversation; end: ConversationEnd }>()
  return {
    add({ conversation, segment }, document) {
      const known = ends.get(conversation.id)?.end ?? { lastMessageAt: null, newestSegment: 1 }
      const times = [...rootMap(document, 'messages').values()].map(
        (value) => messageRecordSchema.parse(value).createdAt,
      )
      const latest = times.reduce((one, other) => Math.max(one, other), known.lastMessageAt ?? 0)
      // One that was made, but never begun, is not there yet.
      const isBegun = rootMap(document, 'meta').has('segment')
      const end = {
        lastMessageAt: times.length === 0 ? known.lastMessageAt : latest,
        newestSegment: Math.max(known.newestSegment, isBegun ? segment : 1),
      }
      ends.set(conversation.id, { conversation, end })
    },
    all: () => [...ends.values()],
  }
}

/** Undefined when the conversation is not in the directory. */
export function readConversationEnd(
  sqlite: SqliteConnection,
  { kind, id }: Conversation,
): ConversationEnd | undefined {
  return sqlite
    .prepare<[string], ConversationEnd>(
      `SELECT last_message_at AS lastMessageAt, newest_segment AS newestSegment
       FROM ${messageTables[kind].parent} WHERE id = ?`,
    )
    .get(id)
}

/** Begins anew: the projection only ever raises both. */
export function resetConversationEnds(sqlite: SqliteConnection): void {
  for (const { parent } of Object.values(messageTables)) {
    sqlite.prepare(`UPDATE ${parent} SET last_message_at = NULL, newest_segment = 1`).run()
  }
}
