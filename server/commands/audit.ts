/** Notes a command's deed in the audit log; call it within the command's transaction. */
import { writeAuditEntry, type AuditDeed } from '../database/write-audit-entry.ts'
import type { CommandContext, Commander } from './command-context.ts'

/** Who acts may be unknown, or the person whom the command makes or claims. */
export type Auditor = Pick<Commander, 'userId' | 'origin' | 'isMachine'>

export function audit(
  { database, now }: Pick<CommandContext, 'database' | 'now'>,
  { userId, origin, isMachine }: Auditor,
  deed: AuditDeed,
): void {
  const actorId = isMachine ? null : userId
  writeAuditEntry(database.sqlite, { ...deed, actorId, origin, at: now() })
}
