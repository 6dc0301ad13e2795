/** Bars people from the workspace, and lets them in again. What they wrote stays. */
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { isWorkspaceAdmin, type CommandContext, type Commander } from './command-context.ts'

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
    sqlite
      .prepare(
        `UPDATE users SET deactivated_at = @time, updated_at = @time
         WHERE id = @userId AND deactivated_at IS NULL`,
      )
      .run({ userId, time: now() })
    sqlite.prepare('DELETE FROM sessions WHERE user_id = ?').run(userId)
    sqlite.prepare('DELETE FROM personal_access_tokens WHERE user_id = ?').run(userId)
  })()
  notifier.credentialEnded({ userId })
  notifier.publish('everyone', { topic: 'people' })
}

/** Lets somebody sign in again. Throws `not_found`, `forbidden`. */
export function reactivatePerson(
  { database, now, notifier }: CommandContext,
  commander: Commander,
  userId: UserId,
): void {
  const { sqlite } = database
  sqlite.transaction(() => {
    requireManaged(sqlite, commander, userId)
    sqlite
      .prepare('UPDATE users SET deactivated_at = NULL, updated_at = ? WHERE id = ?')
      .run(now(), userId)
  })()
  notifier.publish('everyone', { topic: 'people' })
}

/** Admins manage members and guests; owners manage everybody. */
function requireManaged(sqlite: SqliteConnection, commander: Commander, userId: UserId): void {
  if (!isWorkspaceAdmin(commander)) throw new AppError('forbidden')
  const person = sqlite
    .prepare<[string], { role: WorkspaceRole }>('SELECT role FROM users WHERE id = ?')
    .get(userId)
  if (person === undefined) throw new AppError('not_found')
  const isManager = person.role === 'OWNER' || person.role === 'ADMIN'
  if (isManager && commander.role !== 'OWNER') throw new AppError('forbidden')
}
