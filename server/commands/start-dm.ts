/** Starts a DM, or finds the one that the same people have already. */
import { AppError } from '../../shared/errors.ts'
import { MAX_DM_PARTICIPANTS, threadIdOf, type ThreadId, type UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { CommandContext, Commander } from './command-context.ts'

/** Throws `invalid_request` for too many people, `not_found` for somebody unknown. */
export function startDm(
  { database, now, notifier }: CommandContext,
  commander: Commander,
  others: readonly UserId[],
): ThreadId {
  const { sqlite } = database
  const participantIds = [...new Set([commander.userId, ...others])]
  if (participantIds.length > MAX_DM_PARTICIPANTS) throw new AppError('invalid_request')
  const threadId = threadIdOf(participantIds)
  const joined = sqlite.transaction(() => {
    // Found even when somebody in it was deactivated since.
    const standing = sqlite.prepare('SELECT 1 FROM direct_message_threads WHERE id = ?')
    if (standing.get(threadId) === undefined) {
      requireActive(sqlite, participantIds)
      sqlite
        .prepare('INSERT INTO direct_message_threads (id, created_by, created_at) VALUES (?, ?, ?)')
        .run(threadId, commander.userId, now())
    }
    // The same people, the same thread: whoever had left it is in it again.
    return sqlite
      .prepare<[string, number, string], { userId: UserId }>(
        `INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
         SELECT ?, id, ? FROM users WHERE id IN (SELECT value FROM json_each(?))
         ON CONFLICT DO NOTHING RETURNING user_id AS userId`,
      )
      .all(threadId, now(), JSON.stringify(participantIds))
  })()
  if (joined.length > 0) {
    notifier.publish(participantIds, { topic: 'dms' })
    // Who wrote offline may have knocked at the document before it existed.
    notifier.accessChanged({ conversation: { kind: 'dm', id: threadId } })
  }
  return threadId
}

function requireActive(sqlite: SqliteConnection, userIds: readonly UserId[]): void {
  const active = sqlite
    .prepare<[string], { count: number }>(
      `SELECT count(*) AS count FROM users
       WHERE deactivated_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
    )
    .get(JSON.stringify(userIds))
  if (active?.count !== userIds.length) throw new AppError('not_found')
}
