/** `rebuild`: makes the tables of all conversations anew, while the server is stopped. */
import type { CommandRun } from '../cli-command.ts'
import { writeAuditEntry } from '../database/write-audit-entry.ts'
import { openDataDirectory } from '../open-data-directory.ts'
import { answer, EXIT, parseAdminOptions } from './admin-options.ts'
import { missingDatabase, readCommandConfig } from './command-config.ts'
import { recoverStore } from './open-checked-store.ts'
import { rebuild } from './rebuild.ts'

const usage = `Makes the tables of all conversations anew from their documents.

  npm run admin -- rebuild [options]

Stop the server first.

  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print {"documents"}

Exit codes
  0  done
  1  an unexpected fault
  2  wrong usage
  3  there is no database
  5  another process is using the data directory
`

export const runRebuild: CommandRun = async (args, context) => {
  const options = parseAdminOptions(args)
  const { output, environment, now } = context
  if (options.isHelp) {
    output.print(usage)
    return EXIT.done
  }
  const missing = missingDatabase(readCommandConfig(context, options))
  if (missing !== undefined) {
    output.complain(missing)
    return EXIT.refused
  }
  const opened = openDataDirectory(environment, options.dataDir)
  if (!opened.isOpen) {
    output.complain(opened.problem)
    return EXIT.directoryInUse
  }
  const store = recoverStore(opened, { now, onProblem: output.complain })
  try {
    const { loadDocument, project } = store.engine
    const documents = rebuild({ sqlite: store.database.sqlite, loadDocument, project, now })
    writeAuditEntry(store.database.sqlite, {
      ...{ action: 'workspace.rebuilt', entityType: 'workspace', entityId: null, actorId: null },
      ...{ at: now(), details: { documents } },
    })
    answer(context, options, { value: { documents }, text: `${documents} documents rebuilt.` })
    return EXIT.done
  } finally {
    await store.close()
  }
}
