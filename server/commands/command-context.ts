/** What every command gets: the store, the clock, who is told afterwards. */
import { randomBytes } from 'node:crypto'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import { mayInWorkspace, type WorkspaceRight } from '../../shared/guard/permissions.ts'
import { createId, type UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import type { RequestOrigin } from '../database/write-audit-entry.ts'
import type { ConversationWriter } from './conversation-writer.ts'
import type { LiveNotifier } from './live-notifier.ts'

export interface CommandContext {
  database: Database
  now: () => number
  notifier: LiveNotifier
  writer: ConversationWriter
}

/** Who gives the command. */
export interface Commander {
  userId: UserId
  role: WorkspaceRole
  /** A command on the server's machine: nobody's id stands for it in the audit log. */
  isMachine?: true
  /** From where, for the audit log. */
  origin?: RequestOrigin | undefined
}

/** Throws `forbidden` unless the commander's role in the workspace has the right. */
export function requireRight({ role }: Pick<Commander, 'role'>, right: WorkspaceRight): void {
  if (!mayInWorkspace(role, right)) throw new AppError('forbidden')
}

export function newId<Id extends string>({ now }: CommandContext): Id {
  return createId<Id>({ now, randomBytes: () => randomBytes(16) })
}
