/** What commands for administrators run on: the settings of the server, over the folder that was named. */
import { existsSync } from 'node:fs'
import type { CommandContext } from '../cli-command.ts'
import { loadConfig, type Config } from '../config/config.ts'
import { startStep } from '../start-fault.ts'
import type { AdminOptions } from './admin-options.ts'

/** `--data-dir` overrules the environment's. Throws a StartFault that lists every fault. */
export function readCommandConfig(
  { environment }: Pick<CommandContext, 'environment'>,
  { dataDir }: Pick<AdminOptions, 'dataDir'>,
): Config {
  const settings = { ...environment, ...(dataDir !== undefined && { DATA_DIR: dataDir }) }
  return startStep(
    () => loadConfig(settings),
    (faults) => faults,
  )
}

/** Says so where there is no store: a command that only looks must not make an empty one. */
export function missingDatabase({ database }: Pick<Config, 'database'>): string | undefined {
  return existsSync(database.path) ? undefined : `There is no database at ${database.path}.`
}
