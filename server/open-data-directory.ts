/** Opens the store for a command: config, lock and migrations, as the server does at its start. */
import { loadConfig, type Config } from './config/config.ts'
import { DirectoryInUse } from './database/lock-data-directory.ts'
import type { Database } from './database/open-database.ts'
import { openStore } from './open-store.ts'
import { StartFault, startStep } from './start-fault.ts'

export type OpenedDataDirectory =
  | { isOpen: true; config: Config; database: Database; close: () => Promise<void> }
  | { isOpen: false; config: Config; problem: string }

/** `dataDir` overrules the environment's; not open while another process uses the directory. */
export function openDataDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  dataDir?: string,
): OpenedDataDirectory {
  const settings = { ...environment, ...(dataDir !== undefined && { DATA_DIR: dataDir }) }
  const config = startStep(
    () => loadConfig(settings),
    (faults) => faults,
  )
  try {
    return { isOpen: true, config, ...openStore(config) }
  } catch (error) {
    if (!(error instanceof StartFault && error.cause instanceof DirectoryInUse)) throw error
    return { isOpen: false, config, problem: `${error.message} (Is the server running?)` }
  }
}
