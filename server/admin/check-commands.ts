/**
 * `verify` and `rebuild` as commands, while the server is stopped. Both first recover what a crash
 * left behind, as the server does at its start.
 */
import { parseArgs } from 'node:util'
import type { CommandContext, CommandRun } from '../cli-command.ts'
import type { Database } from '../database/open-database.ts'
import { openEngine, type Engine } from '../journal/open-engine.ts'
import { openDataDirectory } from '../open-data-directory.ts'
import { rebuild } from './rebuild.ts'
import { verify } from './verify.ts'

const EXIT = { done: 0, differences: 1, directoryInUse: 5 }

/** Most differences that are printed; the count names all. */
const MAX_PRINTED = 100

function usageOf(name: string, what: string): string {
  return `${what}

  npm run ${name} -- [--data-dir <path>]

Stop the server first.
`
}

type Check = (database: Database, engine: Engine, context: CommandContext) => number

function createCommand(usage: string, check: Check): CommandRun {
  return async (args, context) => {
    const { output, environment, now } = context
    const { values } = parseArgs({
      args: [...args],
      options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', default: false } },
    })
    if (values.help) {
      output.print(usage)
      return EXIT.done
    }
    const opened = openDataDirectory(environment, values['data-dir'])
    if (!opened.isOpen) {
      output.complain(opened.problem)
      return EXIT.directoryInUse
    }
    const engine = openEngine({
      sqlite: opened.database.sqlite,
      now,
      onProjectionFailure: (error, documentName) =>
        output.complain(`${documentName ?? 'the store'} could not be projected: ${String(error)}`),
    })
    try {
      return check(opened.database, engine, context)
    } finally {
      engine.close()
      await opened.close()
    }
  }
}

/** Compares the tables with the documents; exit code 1 when they differ. */
export const runVerify = createCommand(
  usageOf('verify', 'Compares the tables with the documents, row by row, and changes nothing.'),
  ({ sqlite }, { loadDocument }, { output }) => {
    const differences = verify(sqlite, loadDocument)
    for (const { documentName, root, key } of differences.slice(0, MAX_PRINTED)) {
      output.complain(`${documentName} ${root} ${key}`)
    }
    output.print(
      differences.length === 0
        ? 'The tables equal the documents.'
        : `${differences.length} records differ from their rows. npm run rebuild makes the rows anew.`,
    )
    return differences.length === 0 ? EXIT.done : EXIT.differences
  },
)

/** Makes the tables of all conversations anew from their documents. */
export const runRebuild = createCommand(
  usageOf('rebuild', 'Makes the tables of all conversations anew from their documents.'),
  ({ sqlite }, { loadDocument, project }, { output, now }) => {
    const count = rebuild({ sqlite, loadDocument, project, now })
    output.print(`${count} documents rebuilt.`)
    return EXIT.done
  },
)
