/** Says what holds for the workspace as a whole: how long messages are kept. */
import type { WorkspaceSettings } from '../../shared/api/workspace.ts'
import { readWorkspaceSettings } from '../queries/workspace-settings.ts'
import { audit } from './audit.ts'
import { requireRight, type CommandContext, type Commander } from './command-context.ts'

type Changes = { [Setting in keyof WorkspaceSettings]?: WorkspaceSettings[Setting] | undefined }

/** What is undefined stays as it is. Throws `forbidden`. */
export function updateWorkspaceSettings(
  context: CommandContext,
  commander: Commander,
  { retentionDays, dmRetentionDays }: Changes,
): void {
  const { database, notifier } = context
  const { sqlite } = database
  requireRight(commander, 'limitRetention')
  sqlite.transaction(() => {
    const standing = readWorkspaceSettings(sqlite)
    const next = {
      retentionDays: retentionDays === undefined ? standing.retentionDays : retentionDays,
      dmRetentionDays: dmRetentionDays === undefined ? standing.dmRetentionDays : dmRetentionDays,
    }
    sqlite
      .prepare(
        `UPDATE workspace_settings SET retention_days = @retentionDays,
           dm_retention_days = @dmRetentionDays`,
      )
      .run(next)
    const isSame =
      next.retentionDays === standing.retentionDays &&
      next.dmRetentionDays === standing.dmRetentionDays
    if (isSame) return
    const deed = { action: 'workspace.settings_changed', entityType: 'workspace' } as const
    audit(context, commander, { ...deed, entityId: null, details: next })
  })()
  notifier.publish('everyone', { topic: 'channels' })
}
