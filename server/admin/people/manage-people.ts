/** What administrators do to people's accounts, in the store and, through the notifier, at once (P7). */
import { AppError } from '../../../shared/errors.ts'
import type { WorkspaceRole } from '../../../shared/api/users.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { AuditAction, AuditEntry } from '../../../shared/api/audit-logs.ts'
import { audit } from '../../commands/audit.ts'
import { createClaimLink } from '../../commands/claim-person.ts'
import type { CommandContext, Commander } from '../../commands/command-context.ts'
import { deactivatePerson, reactivatePerson } from '../../commands/deactivate-person.ts'
import { erasePerson } from '../../commands/erase-person.ts'
import { exportPerson } from '../../commands/export-person.ts'
import type { AdminPerson, ManageRequest, PeopleAnswer } from './people-protocol.ts'

export interface ManagePeopleDeps {
  context: CommandContext
  publicUrl: string
  /** Somebody was erased: what they wrote is to be removed. */
  onErasure: () => void
}

type PersonRow = Omit<AdminPerson, 'isDeactivated' | 'canSignIn'> & {
  isDeactivated: number
  canSignIn: number
}

/** Whoever may run commands on this machine may do all that an owner may. */
const administrator: Commander = {
  userId: 'server' as UserId, // nobody's: no person may be taken for the one who commands
  role: 'OWNER',
  isMachine: true,
}

/** Throws AppError `not_found`, and `conflict` for what would leave no owner or no way in. */
export function managePeople(deps: ManagePeopleDeps, request: ManageRequest): PeopleAnswer {
  const { context } = deps
  if (request.command === 'list') return { people: readPeople(context) }
  const { id, role, name, email } = requirePerson(context, request.who)
  const answer = (): PeopleAnswer => ({ people: [requirePerson(context, id)] })
  switch (request.command) {
    case 'show':
      return answer()
    case 'set-role':
      if (role === 'OWNER' && request.role !== 'OWNER') requireOtherOwner(context, id)
      setRole(context, id, request.role)
      return answer()
    case 'deactivate':
      if (role === 'OWNER') requireOtherOwner(context, id)
      deactivatePerson(context, administrator, id)
      return answer()
    case 'reactivate':
      reactivatePerson(context, administrator, id)
      return answer()
    case 'reset-password': {
      const link = resetPassword(deps, id)
      return { ...answer(), link }
    }
    case 'end-sessions':
      endSessions(context, id)
      return answer()
    case 'erase': {
      if (role === 'OWNER') requireOtherOwner(context, id)
      const confirm = request.confirm ?? ''
      if (confirm.toLowerCase() !== (email?.toLowerCase() ?? id)) {
        const message = `Erasing ${name} cannot be undone: name them once more, with --confirm ${email ?? id}`
        throw new AppError('conflict', { message })
      }
      erasePerson(context, administrator, { userId: id, confirm })
      deps.onErasure()
      return answer()
    }
  }
}

/** The parts of a JSON text with all that is kept about somebody. Throws AppError `not_found`. */
export function exportSomebody({ context }: ManagePeopleDeps, who: string): AsyncGenerator<string> {
  return exportPerson(context, administrator, requirePerson(context, who).id)
}

function readPeople({ database, now }: CommandContext, who?: string): AdminPerson[] {
  const rows = database.sqlite
    .prepare<{ who: string | null; now: number }, PersonRow>(
      `SELECT id, name, email, role, deactivated_at IS NOT NULL AS isDeactivated,
         EXISTS (SELECT 1 FROM accounts WHERE user_id = users.id) AS canSignIn,
         (SELECT count(*) FROM sessions WHERE user_id = users.id AND expires_at > @now) AS sessions,
         (SELECT count(*) FROM personal_access_tokens WHERE user_id = users.id
           AND (expires_at IS NULL OR expires_at > @now)) AS tokens,
         last_seen_at AS lastSeenAt, created_at AS createdAt
       FROM users WHERE @who IS NULL OR id = @who OR lower(email) = lower(@who)
       ORDER BY created_at, id`,
    )
    .all({ who: who ?? null, now: now() })
  return rows.map((row) => ({
    ...row,
    isDeactivated: row.isDeactivated === 1,
    canSignIn: row.canSignIn === 1,
  }))
}

function requirePerson(context: CommandContext, who: string): AdminPerson {
  const [person] = readPeople(context, who)
  if (person === undefined) throw new AppError('not_found', { message: `Nobody is ${who}` })
  return person
}

function requireOtherOwner({ database }: CommandContext, userId: UserId): void {
  const other = database.sqlite
    .prepare("SELECT 1 FROM users WHERE role = 'OWNER' AND id <> ? AND deactivated_at IS NULL")
    .get(userId)
  if (other !== undefined) return
  throw new AppError('conflict', { message: 'This is the last owner: make another one first' })
}

function setRole(context: CommandContext, userId: UserId, role: WorkspaceRole): void {
  const { database, notifier, now } = context
  const { sqlite } = database
  sqlite.transaction(() => {
    sqlite
      .prepare('UPDATE users SET role = ?, updated_at = ? WHERE id = ?')
      .run(role, now(), userId)
    note(context, 'person.role_changed', { userId, details: { role } })
  })()
  notifier.accessChanged({ userId })
  notifier.publish('everyone', { topic: 'people' })
}

function endSessions(context: CommandContext, userId: UserId): void {
  const { sqlite } = context.database
  sqlite.transaction(() => {
    sqlite.prepare('DELETE FROM sessions WHERE user_id = ?').run(userId)
    note(context, 'person.sessions_ended', { userId })
  })()
  context.notifier.credentialEnded({ userId })
}

/** The old password and all sessions end at once; a link lets the person set a new one. */
function resetPassword(
  { context, publicUrl }: ManagePeopleDeps,
  userId: UserId,
): NonNullable<PeopleAnswer['link']> {
  const { database, notifier } = context
  const { sqlite } = database
  const link = sqlite.transaction(() => {
    sqlite
      .prepare("DELETE FROM accounts WHERE user_id = ? AND provider_id = 'credential'")
      .run(userId)
    sqlite.prepare('DELETE FROM sessions WHERE user_id = ?').run(userId)
    note(context, 'person.password_reset', { userId })
    return createClaimLink(context, administrator, { userId, publicUrl })
  })()
  notifier.credentialEnded({ userId })
  return link
}

/** Within the caller's transaction. */
function note(
  context: CommandContext,
  action: AuditAction,
  { userId, details }: { userId: UserId; details?: AuditEntry['details'] },
): void {
  const deed = { action, entityType: 'person', entityId: userId } as const
  audit(context, administrator, { ...deed, ...(details && { details }) })
}
