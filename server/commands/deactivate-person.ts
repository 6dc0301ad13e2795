/** Bars people from the workspace, and lets them in again. What they wrote stays. */
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import { audit } from './audit.ts'
import type { CommandContext, Commander } from './command-context.ts'
import { requireManaged } from './managed-person.ts'

/**
 * Ends all sessions, tokens and open connections of somebody, who cannot sign in any more (P7).
 * Throws `not_found`, `forbidden`, and `conflict` for oneself: the last owner could lock everybody out.
 */
export function deactivatePerson(
  context: CommandContext,
  commander: Commander,
  userId: UserId,
): void {
  const { database, now, notifier } = context
  const { sqlite } = database
  sqlite.transaction(() => {
    requireManaged(sqlite, commander, userId)
    if (userId === commander.userId) {
      throw new AppError('conflict', { message: 'Nobody can deactivate themself' })
    }
    const { changes } = sqlite
      .prepare(
        `UPDATE users SET deactivated_at = @time, updated_at = @time
         WHERE id = @userId AND deactivated_at IS NULL`,
      )
      .run({ userId, time: now() })
    sqlite.prepare('DELETE FROM sessions WHERE user_id = ?').run(userId)
    sqlite.prepare('DELETE FROM personal_access_tokens WHERE user_id = ?').run(userId)
    if (changes === 0) return
    const deed = { action: 'person.deactivated', entityType: 'person' } as const
    audit(context, commander, { ...deed, entityId: userId })
  })()
  notifier.credentialEnded({ userId })
  notifier.publish('everyone', { topic: 'people' })
}

/** Lets somebody sign in again. Throws `not_found`, also for those who were erased, and `forbidden`. */
export function reactivatePerson(
  context: CommandContext,
  commander: Commander,
  userId: UserId,
): void {
  const { database, now, notifier } = context
  const { sqlite } = database
  sqlite.transaction(() => {
    requireManaged(sqlite, commander, userId)
    const { changes } = sqlite
      .prepare(
        `UPDATE users SET deactivated_at = NULL, updated_at = ?
         WHERE id = ? AND deactivated_at IS NOT NULL AND erased_at IS NULL`,
      )
      .run(now(), userId)
    if (changes === 0) return
    const deed = { action: 'person.reactivated', entityType: 'person' } as const
    audit(context, commander, { ...deed, entityId: userId })
  })()
  notifier.publish('everyone', { topic: 'people' })
}
