/** `import <source> <file>`: the import as a command, beside a running server or without one. */
import { parseArgs } from 'node:util'
import type { CommandRun } from '../cli-command.ts'
import { importJsonl } from './import-jsonl.ts'
import { createImportProgress } from './import-progress.ts'
import { ImportRefusal } from './import-refusal.ts'
import { formatReport, type ImportReport } from './import-report.ts'
import { importSlack, type ImportDeps, type ImportInput } from './import-slack.ts'
import { openImportTarget } from './open-import-target.ts'
import { TargetLost } from './socket/remote-target.ts'

export const importUsage = `Imports history from another chat.

  npm run import -- slack <export.zip> [options]
  npm run import -- jsonl <file.jsonl or file.jsonl.gz> [options]

The server may run meanwhile: the import then goes through it, and gives way to people who chat.
Importing the same file again, or a later one of the same workspace, adds what is new and changes
nothing else.

A jsonl file has one message a line, each channel's in the order of time:
{"workspace", "channel", "ts": "2024-01-31T12:00:00.000000Z", "user", "text"}, and if need be
"thread_ts", the ts of the thread's first message, and "reactions": [{"name", "users": [...]}].

  --on-error abort   import nothing at all when anything cannot be understood (default)
  --on-error skip    leave out what cannot be understood, import the rest, list the faults
  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print the report as JSON

Exit codes
  0    everything was imported
  1    an unexpected fault, or the server stopped; what was written is consistent, a rerun
       completes it
  2    wrong usage
  3    nothing was imported: the file was refused, or it has faults
  4    imported, but for the faults that are listed
  5    another process, and no server, is using the data directory
  130  interrupted; what was written is consistent, a rerun completes it
`

type Import = (deps: ImportDeps, input: ImportInput) => Promise<ImportReport>
const sources = new Map<string | undefined, Import>([
  ['slack', importSlack],
  ['jsonl', importJsonl],
])

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
  const [name, path, ...tooMany] = positionals
  const importFile = sources.get(name)
  const onFault = values['on-error']
  const isKnownMode = onFault === 'skip' || onFault === 'abort'
  if (importFile === undefined || path === undefined || tooMany.length > 0 || !isKnownMode) {
    output.complain(importUsage)
    return 2
  }
  const opened = await openImportTarget({ environment, now }, values['data-dir'])
  if (!opened.isOpen) {
    output.complain(opened.problem)
    return 5
  }
  const progress = createImportProgress(output.progress)
  try {
    const deps = { target: opened.target, now, progress, signal }
    const report = await importFile(deps, { path, onFault })
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
    if (!signal.aborted && error instanceof TargetLost) {
      output.complain(`Stopped: ${error.message}. Run it again to complete it.`)
      return 1
    }
    if (!signal.aborted) throw error
    output.complain('Interrupted. What was written is consistent; run it again to complete it.')
    return 130
  } finally {
    await opened.close()
  }
}
