/**
 * Fills the tables of messages with a history as often as it takes, each time with other ids and
 * other words at other times: what a search reads is there, and no documents, which it does not read.
 */
import type { SqliteConnection } from '../../../server/database/open-database.ts'
import type { ChannelId, MessageId, UserId } from '../../../shared/ids.ts'
import { createSeededIds, type History } from '../history/bench-history.ts'

/** Later histories are told as if they were so much older. */
const SHIFT_MS = 500 * 86_400_000

/** Answers how many messages were written, at most `limit`. */
export function writeStore(
  sqlite: SqliteConnection,
  { people, channels }: History,
  limit: number,
): number {
  const insert = (columns: string, count: number) =>
    sqlite.prepare(`INSERT INTO ${columns} VALUES (${Array(count).fill('?').join(', ')})`)
  const insertUser = insert('users (id, name, created_at, updated_at)', 4)
  const insertChannel = insert('channels (id, name, slug, created_at, updated_at)', 5)
  const insertMessage = insert(
    `messages (channel_id, id, author_id, content, type, version, parent_id, created_at,
       received_at)`,
    9,
  )
  return sqlite.transaction(() => {
    people.forEach((id: UserId, index) => insertUser.run(id, `Author ${index}`, 1, 1))
    let written = 0
    const newId = createSeededIds(99)
    for (let round = 0; written < limit; round += 1) {
      for (const { id, slug, messages } of channels) {
        const channelId = round === 0 ? id : newId<ChannelId>(1)
        insertChannel.run(channelId, `${slug}-${round}`, `${slug}-${round}`, 1, 1)
        for (const { id: messageId, record } of messages()) {
          if (written === limit) return written
          const { authorId, content, type, version, parentId = null } = record
          const createdAt = Math.max(0, record.createdAt - round * SHIFT_MS)
          const place = [channelId, round === 0 ? messageId : newId<MessageId>(createdAt)]
          const rest = [authorId, content, type, version, parentId, createdAt, createdAt]
          insertMessage.run(...place, ...rest)
          written += 1
        }
      }
    }
    return written
  })()
}
