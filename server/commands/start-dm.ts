/** Starts a DM, or finds the one that the same people have already. */
import { AppError } from '../../shared/errors.ts'
import { MAX_DM_PARTICIPANTS, threadIdOf, type ThreadId, type UserId } from '../../shared/ids.ts'
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
  const wasCreated = sqlite.transaction(() => {
    // Found even when somebody in it was deactivated since.
    const standing = sqlite.prepare('SELECT 1 FROM direct_message_threads WHERE id = ?')
    if (standing.get(threadId) !== undefined) return false
    const known = sqlite
      .prepare<[string], { count: number }>(
        `SELECT count(*) AS count FROM users
         WHERE deactivated_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
      )
      .get(JSON.stringify(participantIds))
    if (known?.count !== participantIds.length) throw new AppError('not_found')
    sqlite
      .prepare('INSERT INTO direct_message_threads (id, created_by, created_at) VALUES (?, ?, ?)')
      .run(threadId, commander.userId, now())
    const insert = sqlite.prepare(
      'INSERT INTO direct_message_participants (thread_id, user_id, joined_at) VALUES (?, ?, ?)',
    )
    for (const userId of participantIds) insert.run(threadId, userId, now())
    return true
  })()
  if (wasCreated) {
    notifier.publish(participantIds, { topic: 'dms' })
    // Who wrote offline may have knocked at the document before it existed.
    notifier.accessChanged({ conversation: { kind: 'dm', id: threadId } })
  }
  return threadId
}
