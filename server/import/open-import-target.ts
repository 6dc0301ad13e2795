/** Finds where an import goes: into the data directory itself, or through the server that has it. */
import type { CommandContext } from '../cli-command.ts'
import { openDataDirectory } from '../open-data-directory.ts'
import type { ImportTarget } from './import-target.ts'
import { connectRemoteTarget } from './socket/remote-target.ts'
import { createStoppedTarget } from './stopped-target.ts'

export type OpenedImportTarget =
  | { isOpen: true; target: ImportTarget; close: () => Promise<void> }
  | { isOpen: false; problem: string }

/** Not open while something else than a server that takes imports has the data directory. */
export async function openImportTarget(
  { environment, now }: Pick<CommandContext, 'environment' | 'now'>,
  dataDir: string | undefined,
): Promise<OpenedImportTarget> {
  const opened = openDataDirectory(environment, dataDir)
  if (opened.isOpen) {
    const { sqlite } = opened.database
    const limits = opened.config.limits.segments
    const target = createStoppedTarget({ sqlite, now, limits })
    return { isOpen: true, target, close: opened.close }
  }
  const remote = await connectRemoteTarget(opened.config.dataDir)
  if (remote === undefined) return opened
  return {
    isOpen: true,
    target: remote,
    close() {
      remote.close()
      return Promise.resolve()
    },
  }
}
