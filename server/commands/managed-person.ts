/** Somebody whom a command changes for them, and whether the commander may. */
import type { WorkspaceRole } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import { mayManagePerson } from '../../shared/guard/permissions.ts'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { requireRight, type Commander } from './command-context.ts'

/** Answers the person's role. Throws `forbidden`, `not_found`. */
export function requireManaged(
  sqlite: SqliteConnection,
  commander: Commander,
  userId: UserId,
): WorkspaceRole {
  requireRight(commander, 'managePeople')
  const role = requireRole(sqlite, userId)
  if (!mayManagePerson(commander.role, role)) throw new AppError('forbidden')
  return role
}

/** Throws `not_found`, also for those who were erased. */
export function requireRole(sqlite: SqliteConnection, userId: UserId): WorkspaceRole {
  const person = sqlite
    .prepare<[string], { role: WorkspaceRole }>(
      'SELECT role FROM users WHERE id = ? AND erased_at IS NULL',
    )
    .get(userId)
  if (person === undefined) throw new AppError('not_found')
  return person.role
}
