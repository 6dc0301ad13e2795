/** The command line: a table of commands. `node server/cli.ts <command> --help` explains each. */
import type { CommandContext, CommandRun } from './cli-command.ts'
import { runAdmin } from './admin/admin-command.ts'
import { runRebuild } from './admin/rebuild-command.ts'
import { runVerify } from './admin/verify-command.ts'
import { runImport } from './import/import-command.ts'
import { runSeed } from './seed/seed-command.ts'
import { describeFailure } from './start-fault.ts'

const commands: Record<string, CommandRun> = {
  admin: runAdmin,
  import: runImport,
  seed: runSeed,
  // Short for `admin verify`, `admin rebuild`.
  verify: runVerify,
  rebuild: runRebuild,
}

const stop = new AbortController()
// Pressing Ctrl-C may reach this process more than once; each command ends at a safe place.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

const context: CommandContext = {
  environment: process.env,
  output: {
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
    progress: {
      stream: process.stderr,
      isInteractive: process.stderr.isTTY && process.env.CI === undefined,
    },
  },
  now: Date.now,
  signal: stop.signal,
}

const [name = '', ...args] = process.argv.slice(2)
const run = commands[name]
if (run === undefined) {
  context.output.complain(`Commands: ${Object.keys(commands).join(', ')}`)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await run(args, context)
  } catch (error) {
    const isWrongUsage =
      error instanceof TypeError &&
      'code' in error &&
      String(error.code).startsWith('ERR_PARSE_ARGS')
    context.output.complain(isWrongUsage ? error.message : describeFailure(error))
    process.exitCode = isWrongUsage ? 2 : 1
  }
}
