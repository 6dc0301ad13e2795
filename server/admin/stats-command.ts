/** `stats`: what the store holds, beside a running server or without one. */
import type { CommandRun } from '../cli-command.ts'
import { openReadOnly } from '../database/open-database.ts'
import { answer, EXIT, parseAdminOptions } from './admin-options.ts'
import { missingDatabase, readCommandConfig } from './command-config.ts'
import { readStats, type StoreStats } from './stats.ts'

const usage = `Counts what the store holds: people, conversations, messages, the journal, bytes by table
and by conversation (the fifty largest). Changes nothing; the server may run meanwhile.

  npm run admin -- stats [options]

  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print it as JSON

Exit codes
  0  done
  1  an unexpected fault
  2  wrong usage
  3  there is no database
`

export const runStats: CommandRun = (args, context) => {
  const options = parseAdminOptions(args)
  const { output } = context
  if (options.isHelp) {
    output.print(usage)
    return Promise.resolve(EXIT.done)
  }
  const config = readCommandConfig(context, options)
  const missing = missingDatabase(config)
  if (missing !== undefined) {
    output.complain(missing)
    return Promise.resolve(EXIT.refused)
  }
  const { database } = config
  const sqlite = openReadOnly(database.path)
  try {
    const stats = readStats(sqlite, database.path)
    answer(context, options, { value: stats, text: format(stats) })
    return Promise.resolve(EXIT.done)
  } finally {
    sqlite.close()
  }
}

function format(stats: StoreStats): string {
  const { people, messages, documents, journal, schema } = stats
  return [
    `schema         ${schema.migration}, since ${new Date(schema.appliedAt).toISOString()}`,
    `people         ${people.active} active, ${people.unclaimed} unclaimed, ${people.deactivated} deactivated`,
    `conversations  ${stats.channels} channels, ${stats.directMessageThreads} direct`,
    `messages       ${messages.live}, and ${messages.deleted} deleted`,
    `documents      ${documents.count}, snapshots of ${documents.snapshotBytes} bytes`,
    `journal        ${journal.updates} updates, ${journal.bytes} bytes, ${journal.notInTables} not in the tables yet`,
    `database       ${stats.databaseBytes} bytes`,
    '',
    ...stats.tables.map(
      ({ name, rows, bytes }) => `${name.padEnd(32)} ${bytes} bytes, ${rows} rows`,
    ),
    '',
    ...stats.conversations.map(
      ({ title, messages: count, segments, bytes }) =>
        `${title.padEnd(32)} ${bytes} bytes, ${count} messages, ${segments} segments`,
    ),
  ].join('\n')
}
