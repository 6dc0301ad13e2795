/** Reads what holds for the workspace as a whole. */
import type { WorkspaceSettings } from '../../shared/api/workspace.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'

export function readWorkspaceSettings(sqlite: SqliteConnection): WorkspaceSettings {
  const settings = prepareOnce<[], WorkspaceSettings>(
    sqlite,
    `SELECT retention_days AS retentionDays, dm_retention_days AS dmRetentionDays
     FROM workspace_settings`,
  ).get()
  if (settings === undefined) throw new Error('The store has no settings of the workspace')
  return settings
}
