/** Changes what a person is called and shows of themself, and their role in the workspace. */
import type { z } from 'zod'
import type { updateUserRequestSchema, WorkspaceRole } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import { mayGiveRole } from '../../shared/guard/permissions.ts'
import type { UserId } from '../../shared/ids.ts'
import { audit } from './audit.ts'
import type { CommandContext, Commander } from './command-context.ts'
import { requireManaged, requireRole } from './managed-person.ts'

type Changes = z.output<typeof updateUserRequestSchema>

const columns = {
  name: 'name',
  displayName: 'display_name',
  avatarUrl: 'avatar_url',
  bio: 'bio',
} as const
const profileFields = ['name', 'displayName', 'avatarUrl', 'bio'] as const

/**
 * Everybody changes their own profile; managers that of those whom they manage. A new role is in
 * force on open connections at once (P7). Throws `not_found`, `forbidden`, and `conflict` for the
 * last owner.
 */
export function updatePerson(
  context: CommandContext,
  commander: Commander,
  { userId, changes }: { userId: UserId; changes: Changes },
): void {
  const { database, notifier } = context
  const { sqlite } = database
  const { role } = changes
  const hasNewRole = sqlite.transaction(() => {
    if (userId !== commander.userId) requireManaged(sqlite, commander, userId)
    const standing = requireRole(sqlite, userId)
    changeProfile(context, commander, { userId, changes })
    if (role === undefined || role === standing) return false
    changeRole(context, commander, { userId, standing, role })
    return true
  })()
  if (hasNewRole) {
    notifier.accessChanged({ userId })
    for (const topic of ['me', 'channels'] as const) notifier.publish([userId], { topic })
  }
  notifier.publish('everyone', { topic: 'people' })
}

function changeProfile(
  context: CommandContext,
  commander: Commander,
  { userId, changes }: { userId: UserId; changes: Changes },
): void {
  const fields = profileFields.filter((field) => changes[field] !== undefined)
  if (fields.length === 0) return
  const assignments = fields.map((field) => `${columns[field]} = @${field}`).join(', ')
  const values = Object.fromEntries(fields.map((field) => [field, changes[field] || null]))
  context.database.sqlite
    .prepare(`UPDATE users SET ${assignments}, updated_at = @time WHERE id = @userId`)
    .run({ ...values, userId, time: context.now() })
  const deed = { action: 'person.updated', entityType: 'person', entityId: userId } as const
  audit(context, commander, { ...deed, details: { fields } })
}

function changeRole(
  context: CommandContext,
  commander: Commander,
  { userId, standing, role }: { userId: UserId; standing: WorkspaceRole; role: WorkspaceRole },
): void {
  const { sqlite } = context.database
  const isOneself = userId === commander.userId
  if (!mayGiveRole(commander.role, { standing, role, isOneself })) throw new AppError('forbidden')
  const otherOwner = sqlite.prepare(
    "SELECT 1 FROM users WHERE role = 'OWNER' AND id <> ? AND deactivated_at IS NULL",
  )
  if (standing === 'OWNER' && otherOwner.get(userId) === undefined) {
    throw new AppError('conflict', { message: 'Make somebody else an owner first' })
  }
  sqlite
    .prepare('UPDATE users SET role = ?, updated_at = ? WHERE id = ?')
    .run(role, context.now(), userId)
  const deed = { action: 'person.role_changed', entityType: 'person', entityId: userId } as const
  audit(context, commander, { ...deed, details: { from: standing, to: role } })
}
