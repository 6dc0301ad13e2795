/** A store with people, conversations and messages that were projected into it; for tests of search. */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { threadIdOf, type ChannelId, type MessageId, type UserId } from '../../shared/ids.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { searchMessagesQuerySchema, type SearchMessagesResponse } from '../../shared/api/search.ts'
import { createIdSequence, now } from '../../shared/testing/updates.ts'
import { completeSearchIndex } from '../projection/complete-search-index.ts'
import { createProjectChanges } from '../projection/project-changes.ts'
import { searchMessages } from '../queries/search/search-messages.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts'

export interface SearchStore extends TemporaryDatabase {
  nextId: ReturnType<typeof createIdSequence>
  addPerson: (name: string, role?: 'OWNER' | 'MEMBER' | 'GUEST') => UserId
  addChannel: (
    slug: string,
    type?: 'PUBLIC' | 'PRIVATE',
    members?: readonly UserId[],
  ) => Conversation
  addDm: (people: readonly UserId[]) => Conversation
  /** Writes or changes a message, as the projection does. */
  write: (conversation: Conversation, id: MessageId, record: MessageRecord) => void
  react: (conversation: Conversation, id: MessageId, userId: UserId) => void
  pin: (conversation: Conversation, id: MessageId, userId: UserId) => void
  search: (userId: UserId, query: Record<string, string>) => SearchMessagesResponse
}

export function openSearchStore(): SearchStore {
  const database = openTemporaryDatabase()
  const { sqlite } = database
  completeSearchIndex(sqlite)
  const project = createProjectChanges(sqlite)
  const nextId = createIdSequence()

  function put(
    conversation: Conversation,
    root: 'messages' | 'reactions' | 'pins',
    key: string,
    after: unknown,
  ): void {
    project({
      documentName: formatConversationName(conversation),
      changes: [{ root, key, before: undefined, after }],
      isServerMade: false,
      receivedAt: now,
    })
  }

  return {
    ...database,
    nextId,
    addPerson(name, role = 'MEMBER') {
      const id = nextId<UserId>()
      sqlite
        .prepare(
          'INSERT INTO users (id, name, role, created_at, updated_at) VALUES (?, ?, ?, 1, 1)',
        )
        .run(id, name, role)
      return id
    },
    addChannel(slug, type = 'PUBLIC', members = []) {
      const id = nextId<ChannelId>()
      sqlite
        .prepare(
          `INSERT INTO channels (id, name, slug, type, created_at, updated_at)
           VALUES (?, ?, ?, ?, 1, 1)`,
        )
        .run(id, `The ${slug}`, slug, type)
      for (const userId of members) {
        sqlite
          .prepare('INSERT INTO channel_members (channel_id, user_id, joined_at) VALUES (?, ?, 1)')
          .run(id, userId)
      }
      return { kind: 'channel', id }
    },
    addDm(people) {
      const id = threadIdOf(people)
      sqlite.prepare('INSERT INTO direct_message_threads (id, created_at) VALUES (?, 1)').run(id)
      for (const userId of people) {
        sqlite
          .prepare(
            `INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
             VALUES (?, ?, 1)`,
          )
          .run(id, userId)
      }
      return { kind: 'dm', id }
    },
    write: (conversation, id, record) => put(conversation, 'messages', id, record),
    react: (conversation, messageId, userId) =>
      put(conversation, 'reactions', formatReactionKey({ messageId, userId, emoji: '👍' }), now),
    pin: (conversation, id, userId) => put(conversation, 'pins', id, { userId, pinnedAt: now }),
    search: (userId, query) =>
      searchMessages(sqlite, {
        ...{ userId, now, timeLimitMs: 60_000 },
        query: searchMessagesQuerySchema.parse(query),
      }),
  }
}
