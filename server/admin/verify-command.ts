/**
 * `verify`: whether the store agrees with itself. While a server runs, a copy is checked, taken in
 * one moment, so that nobody has to stop it.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandContext, CommandRun } from '../cli-command.ts'
import { copyDatabase } from '../database/copy-database.ts'
import { openReadOnly } from '../database/open-database.ts'
import { createIsDeletedMeanwhile } from '../files/deleted-meanwhile.ts'
import { createFileStore } from '../files/open-files.ts'
import { openDataDirectory } from '../open-data-directory.ts'
import { answer, EXIT, parseAdminOptions } from './admin-options.ts'
import { missingDatabase, readCommandConfig } from './command-config.ts'
import { checkStore, formatFindings } from './check-store.ts'
import { checkFolder, DATABASE_NAME, recoverStore } from './open-checked-store.ts'
import type { Finding } from './store-check.ts'

const MAX_PRINTED = 100

const usage = `Checks that the store agrees with itself, and names each difference: the database file,
documents against journal and snapshots, tables against documents, files against their bytes.
Changes nothing but what a crash left to be done, which the next start of the server would do as well.

  npm run admin -- verify [options]

While the server runs, a copy of the database is checked, which needs as much space again in
the folder for temporary files (TMPDIR).

  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print {"findings": [{"check", "place", "problem"}]}

Exit codes
  0  everything agrees
  1  there are differences, or an unexpected fault
  2  wrong usage
  3  there is no database
`

export const runVerify: CommandRun = async (args, context) => {
  const options = parseAdminOptions(args)
  if (options.isHelp) {
    context.output.print(usage)
    return EXIT.done
  }
  const missing = missingDatabase(readCommandConfig(context, options))
  if (missing !== undefined) {
    context.output.complain(missing)
    return EXIT.refused
  }
  const findings = await findDifferences(context, options.dataDir)
  if (!options.isJson) formatFindings(findings, MAX_PRINTED).forEach(context.output.complain)
  const text =
    findings.length === 0
      ? 'The store agrees with itself.'
      : `${findings.length} differences. Where only tables differ, npm run rebuild makes them anew.`
  answer(context, options, { value: { findings }, text })
  return findings.length === 0 ? EXIT.done : EXIT.differences
}

async function findDifferences(
  { environment, now, output }: CommandContext,
  dataDir: string | undefined,
): Promise<Finding[]> {
  const opened = openDataDirectory(environment, dataDir)
  const fileStore = createFileStore(opened.config.files)
  const recovering = { now, onProblem: output.complain }
  if (opened.isOpen) {
    const store = recoverStore(opened, recovering)
    try {
      const { sqlite } = store.database
      return await checkStore({ sqlite, engine: store.engine, fileStore })
    } finally {
      await store.close()
    }
  }
  const { path } = opened.config.database
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-verify-'))
  const live = openReadOnly(path)
  try {
    await copyDatabase(path, join(folder, DATABASE_NAME))
    const isDeletedMeanwhile = createIsDeletedMeanwhile(live)
    return await checkFolder(folder, { ...recovering, fileStore, isDeletedMeanwhile })
  } finally {
    live.close()
    if (existsSync(folder)) rmSync(folder, { recursive: true })
  }
}
