/** `import slack <export.zip>`: the import as a command, with its own lock on the data directory. */
import { parseArgs } from 'node:util'
import type { CommandRun } from '../cli-command.ts'
import { openDataDirectory } from '../open-data-directory.ts'
import { createImportProgress } from './import-progress.ts'
import { ImportRefusal } from './import-refusal.ts'
import { formatReport } from './import-report.ts'
import { importSlack } from './import-slack.ts'

export const importUsage = `Imports history from another chat.

  npm run import -- slack <export.zip> [options]

Stop the server first: the import writes to the same data directory. Importing the same export
again, or a later one of the same workspace, adds what is new and changes nothing else.

  --on-error abort   import nothing at all when anything cannot be understood (default)
  --on-error skip    leave out what cannot be understood, import the rest, list the faults
  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print the report as JSON

Exit codes
  0    everything was imported
  1    an unexpected fault; what was written is consistent, a rerun completes it
  2    wrong usage
  3    nothing was imported: the archive was refused, or it has faults
  4    imported, but for the faults that are listed
  5    another process is using the data directory
  130  interrupted; what was written is consistent, a rerun completes it
`

export const runImport: CommandRun = async (args, { environment, output, signal, now }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'on-error': { type: 'string', default: 'abort' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    output.print(importUsage)
    return 0
  }
  const [source, path, ...tooMany] = positionals
  const onFault = values['on-error']
  const isKnownMode = onFault === 'skip' || onFault === 'abort'
  if (source !== 'slack' || path === undefined || tooMany.length > 0 || !isKnownMode) {
    output.complain(importUsage)
    return 2
  }
  const opened = openDataDirectory(environment, values['data-dir'])
  if (!opened.isOpen) {
    output.complain(opened.problem)
    return 5
  }
  const progress = createImportProgress(output.progress)
  try {
    const { maxMessages } = opened.config.limits.segments
    const deps = { sqlite: opened.database.sqlite, now, progress, signal, maxMessages }
    const report = await importSlack(deps, { path, onFault })
    output.print(values.json ? JSON.stringify(report, undefined, 2) : formatReport(report))
    if (!report.isWritten) return 3
    return report.faults.length > 0 ? 4 : 0
  } catch (error) {
    if (error instanceof ImportRefusal) {
      if (values.json) {
        const { reason, message } = error
        output.print(
          JSON.stringify({ isWritten: false, refusal: { reason, message } }, undefined, 2),
        )
      } else {
        output.complain(`Nothing was imported: ${error.message}.`)
      }
      return 3
    }
    if (!signal.aborted) throw error
    output.complain('Interrupted. What was written is consistent; run it again to complete it.')
    return 130
  } finally {
    await opened.close()
  }
}
