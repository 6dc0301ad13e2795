/** Adds a person without a password; a claim link lets them in. */
import type { z } from 'zod'
import type { createUserRequestSchema } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import { mayGiveRole } from '../../shared/guard/permissions.ts'
import type { UserId } from '../../shared/ids.ts'
import { audit } from './audit.ts'
import { newId, requireRight, type CommandContext, type Commander } from './command-context.ts'

/** Answers the person's id. Throws `forbidden`, and `already_exists` for an address in use. */
export function createPerson(
  context: CommandContext,
  commander: Commander,
  { email, name, role }: z.output<typeof createUserRequestSchema>,
): UserId {
  const { database, now, notifier } = context
  const { sqlite } = database
  requireRight(commander, 'managePeople')
  if (!mayGiveRole(commander.role, { standing: 'GUEST', role, isOneself: false })) {
    throw new AppError('forbidden')
  }
  const id = newId<UserId>(context)
  sqlite.transaction(() => {
    if (sqlite.prepare('SELECT 1 FROM users WHERE lower(email) = lower(?)').get(email)) {
      throw new AppError('already_exists', { message: 'Somebody has this e-mail address already' })
    }
    sqlite
      .prepare(
        `INSERT INTO users (id, email, name, role, created_at, updated_at)
         VALUES (@id, @email, @name, @role, @time, @time)`,
      )
      .run({ id, email: email.toLowerCase(), name, role, time: now() })
    const deed = { action: 'person.created', entityType: 'person', entityId: id } as const
    audit(context, commander, { ...deed, details: { role } })
  })()
  notifier.publish('everyone', { topic: 'people' })
  return id
}
