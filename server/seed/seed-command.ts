/** `seed`: the invented sample workspace as a command, while the server is stopped. */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { CommandRun } from '../cli-command.ts'
import { createStoppedWriter } from '../import/stopped-writer.ts'
import { openDataDirectory } from '../open-data-directory.ts'
import { createSample } from './create-sample.ts'

export const seedUsage = `Fills an empty workspace with invented people, channels and messages.

  npm run seed -- [options]

Stop the server first. In the running server, its owner can do the same from the first screen.

  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)

Exit codes
  0  done
  1  an unexpected fault
  2  wrong usage
  3  the workspace has channels already; nothing was added
  5  another process is using the data directory
`

export const runSeed: CommandRun = async (args, { environment, output, now }) => {
  const { values } = parseArgs({
    args: [...args],
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    output.print(seedUsage)
    return 0
  }
  const opened = openDataDirectory(environment, values['data-dir'])
  if (!opened.isOpen) {
    output.complain(opened.problem)
    return 5
  }
  const { sqlite } = opened.database
  try {
    const readers = sqlite.prepare<[], { id: UserId }>("SELECT id FROM users WHERE role = 'OWNER'")
    const ids = { now, randomBytes: () => randomBytes(16) }
    const writer = createStoppedWriter(sqlite, now)
    const made = await createSample(
      { sqlite, writer, ids },
      { readers: readers.all().map(({ id }) => id) },
    )
    output.print(
      `Made ${made.people} people, ${made.channels} channels and ${made.messages} messages.`,
    )
    return 0
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    output.complain('The workspace has channels already; nothing was added.')
    return 3
  } finally {
    await opened.close()
  }
}
