/** What every command gets: the store, the clock, who is told afterwards. */
import { randomBytes } from 'node:crypto'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import { createId, type UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
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
}

export function isWorkspaceAdmin({ role }: Commander): boolean {
  return role === 'OWNER' || role === 'ADMIN'
}

export function newId<Id extends string>({ now }: CommandContext): Id {
  return createId<Id>({ now, randomBytes: () => randomBytes(16) })
}
