/**
 * Erases somebody: what tells who they were goes at once, with all their ways in; what they wrote is
 * removed from the conversations afterwards, part by part, by whoever is told to look. Irreversible.
 */
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { audit } from './audit.ts'
import { requireRight, type CommandContext, type Commander } from './command-context.ts'

export interface Erasure {
  userId: UserId
  /** Their e-mail address or, where they have none, their id: nobody erases the wrong one. */
  confirm: string
}

/** What they are called from now on. */
const ERASED_NAME = 'Unknown'

/** Rows that are theirs alone. Those that hang on a session or a notification go with it. */
const OWN_ROWS = [
  'accounts',
  'sessions',
  'personal_access_tokens',
  'user_preferences',
  'push_subscriptions',
  'notifications',
  'idempotency_keys',
  'channel_members',
  'read_receipts',
] as const

/**
 * Repeating it changes nothing. Throws `forbidden`, `not_found`, `invalid_request` when the
 * confirmation names somebody else, and `conflict` for oneself.
 */
export function erasePerson(
  context: CommandContext,
  commander: Commander,
  { userId, confirm }: Erasure,
): void {
  const { database, notifier, now } = context
  const { sqlite } = database
  requireRight(commander, 'handlePersonalData')
  sqlite.transaction(() => {
    const person = sqlite
      .prepare<[string], { email: string | null; erasedAt: number | null }>(
        'SELECT email, erased_at AS erasedAt FROM users WHERE id = ?',
      )
      .get(userId)
    if (person === undefined) throw new AppError('not_found')
    if (confirm.trim().toLowerCase() !== (person.email?.toLowerCase() ?? userId)) {
      throw new AppError('invalid_request', { message: 'The confirmation names somebody else' })
    }
    if (userId === commander.userId) {
      throw new AppError('conflict', { message: 'Nobody can erase themself' })
    }
    if (person.erasedAt !== null) return
    forget(sqlite, { userId, email: person.email, time: now() })
    const deed = { action: 'person.erased', entityType: 'person' } as const
    audit(context, commander, { ...deed, entityId: userId })
  })()
  notifier.credentialEnded({ userId })
  notifier.publish('everyone', { topic: 'people' })
  notifier.publish('everyone', { topic: 'channels' })
}

function forget(
  sqlite: SqliteConnection,
  { userId, email, time }: { userId: UserId; email: string | null; time: number },
): void {
  sqlite
    .prepare(
      `UPDATE users SET email = NULL, email_verified = 0, name = '${ERASED_NAME}',
         display_name = NULL, avatar_url = NULL, bio = NULL, role = 'MEMBER', last_seen_at = NULL,
         status = 'OFFLINE', status_text = NULL, status_emoji = NULL, status_expires_at = NULL,
         deactivated_at = coalesce(deactivated_at, @time), erased_at = @time, updated_at = @time
       WHERE id = @userId`,
    )
    .run({ userId, time })
  for (const table of OWN_ROWS) {
    sqlite.prepare(`DELETE FROM ${table} WHERE user_id = ?`).run(userId)
  }
  sqlite
    .prepare(
      `DELETE FROM verification_tokens WHERE instr(identifier || ' ' || value, @userId) > 0
         OR (@email IS NOT NULL AND instr(lower(identifier || ' ' || value), lower(@email)) > 0)`,
    )
    .run({ userId, email })
  // Attached ones go with their messages; the bytes are removed by the sweep of files.
  sqlite
    .prepare(
      `UPDATE file_uploads SET deleted_at = ?
       WHERE owner_id = ? AND attached_at IS NULL AND deleted_at IS NULL`,
    )
    .run(time, userId)
  sqlite
    .prepare(
      `UPDATE audit_logs SET details = '{}', ip_address = NULL, user_agent = NULL
       WHERE actor_id = @userId
         OR (actor_id IS NULL AND entity_type = 'person' AND entity_id = @userId)`,
    )
    .run({ userId })
}
