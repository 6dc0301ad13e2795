/** What somebody in a DM does with it for themself: mute it, put it aside, leave it, take it further. */
import type { z } from 'zod'
import type { updateDmRequestSchema } from '../../shared/api/dms.ts'
import { AppError } from '../../shared/errors.ts'
import { threadIdOf, type ThreadId, type UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { CommandContext, Commander } from './command-context.ts'
import { startDm } from './start-dm.ts'

/** Changes what one wishes of a thread. Throws `not_found` for who is not in it. */
export function updateDm(
  { database, now, notifier }: CommandContext,
  { userId }: Commander,
  threadId: ThreadId,
  { muted, notifyLevel, archived }: z.output<typeof updateDmRequestSchema>,
): void {
  const { changes } = database.sqlite
    .prepare(
      `UPDATE direct_message_participants SET
         muted = coalesce(@muted, muted),
         notify_level = iif(@hasLevel, @notifyLevel, notify_level),
         archived_at = iif(@hasArchived, @archivedAt, archived_at)
       WHERE thread_id = @threadId AND user_id = @userId`,
    )
    .run({
      ...{ threadId, userId },
      muted: muted === undefined ? null : Number(muted),
      hasLevel: Number(notifyLevel !== undefined),
      notifyLevel: notifyLevel ?? null,
      hasArchived: Number(archived !== undefined),
      archivedAt: archived === true ? now() : null,
    })
  if (changes === 0) throw new AppError('not_found')
  notifier.publish([userId], { topic: 'dms' })
}

/**
 * Starts the thread of those who are in this one and others, or finds it: who joins a conversation
 * shall not read what was said before. Throws `not_found`, and what `startDm` throws.
 */
export function addParticipants(
  context: CommandContext,
  commander: Commander,
  threadId: ThreadId,
  userIds: readonly UserId[],
): ThreadId {
  const present = readParticipants(context.database.sqlite, threadId)
  if (!present.includes(commander.userId)) throw new AppError('not_found')
  return startDm(context, commander, [...present, ...userIds])
}

/**
 * Leaves a group; its open documents are closed at once (P7). When the same people start a DM again,
 * they are all in it again. Throws `not_found`, and `conflict` where one would leave the other alone:
 * in a DM of two, whose next message would reach nobody.
 */
export function leaveDm(
  { database, notifier }: CommandContext,
  { userId }: Commander,
  threadId: ThreadId,
): void {
  const { sqlite } = database
  const present = sqlite.transaction(() => {
    const participants = readParticipants(sqlite, threadId)
    if (!participants.includes(userId)) throw new AppError('not_found')
    // An id is derived from everybody that a thread was started with.
    if (participants.length <= 2 && threadIdOf(participants) === threadId) {
      throw new AppError('conflict', { message: 'Only groups can be left; archive this instead' })
    }
    sqlite
      .prepare('DELETE FROM direct_message_participants WHERE thread_id = ? AND user_id = ?')
      .run(threadId, userId)
    return participants
  })()
  notifier.accessChanged({ userId, conversation: { kind: 'dm', id: threadId } })
  notifier.publish(present, { topic: 'dms' })
}

function readParticipants(sqlite: SqliteConnection, threadId: ThreadId): UserId[] {
  return sqlite
    .prepare<[string], { userId: UserId }>(
      'SELECT user_id AS userId FROM direct_message_participants WHERE thread_id = ?',
    )
    .all(threadId)
    .map(({ userId }) => userId)
}
