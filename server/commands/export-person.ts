/** Hands out all that is kept about one person: to themself, or to an owner; either is noted. */
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import { exportPerson as readPerson } from '../queries/export-person.ts'
import { audit } from './audit.ts'
import { requireRight, type CommandContext, type Commander } from './command-context.ts'

/** Answers the parts of a JSON text, read as they are asked for. Throws `forbidden`, `not_found`. */
export function exportPerson(
  context: CommandContext,
  commander: Commander,
  userId: UserId,
): AsyncGenerator<string> {
  const { sqlite } = context.database
  if (userId !== commander.userId) requireRight(commander, 'handlePersonalData')
  if (sqlite.prepare('SELECT 1 FROM users WHERE id = ?').get(userId) === undefined) {
    throw new AppError('not_found')
  }
  const deed = { action: 'person.exported', entityType: 'person' } as const
  audit(context, commander, { ...deed, entityId: userId })
  return readPerson(sqlite, userId)
}
