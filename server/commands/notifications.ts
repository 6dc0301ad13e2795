/** What a person does with their own notifications. */
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { CommandContext } from './command-context.ts'

/** Marks them as read; passes over those that are read already, gone, or somebody else's. */
export function readNotifications(
  { database, now, notifier }: CommandContext,
  userId: UserId,
  ids: readonly string[],
): void {
  const { changes } = database.sqlite
    .prepare(
      `UPDATE notifications SET read_at = ?
       WHERE user_id = ? AND read_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
    )
    .run(now(), userId, JSON.stringify(ids))
  if (changes > 0) notifier.publish([userId], { topic: 'notifications' })
}

/** Takes one off the list; throws `not_found` when it is not on the person's own. */
export function dismissNotification(
  { database, now, notifier }: CommandContext,
  userId: UserId,
  id: string,
): void {
  const { changes } = database.sqlite
    .prepare(
      `UPDATE notifications SET dismissed_at = ?
       WHERE id = ? AND user_id = ? AND dismissed_at IS NULL`,
    )
    .run(now(), id, userId)
  if (changes === 0) throw new AppError('not_found')
  notifier.publish([userId], { topic: 'notifications' })
}
