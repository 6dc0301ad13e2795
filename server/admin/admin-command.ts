/** `admin <command>`: what administrators do outside of the app, as a table of commands. */
import type { CommandRun } from '../cli-command.ts'
import { runBackup } from './backup/backup-command.ts'
import { runRestore } from './backup/restore-command.ts'
import { runUser } from './people/user-command.ts'
import { runRebuild } from './rebuild-command.ts'
import { runStats } from './stats-command.ts'
import { runVerify } from './verify-command.ts'

const commands: Readonly<Record<string, { run: CommandRun; what: string }>> = {
  verify: { run: runVerify, what: 'checks that the store agrees with itself' },
  rebuild: { run: runRebuild, what: 'makes the tables anew from the documents' },
  stats: { run: runStats, what: 'counts what the store holds' },
  user: { run: runUser, what: "manages people's accounts" },
  backup: { run: runBackup, what: 'writes everything into one file' },
  restore: { run: runRestore, what: 'puts a backup in the place of the store' },
}

const usage = `Commands for administrators. Each explains itself with --help.

  npm run admin -- <command> [options]

${Object.entries(commands)
  .map(([name, { what }]) => `  ${name.padEnd(8)} ${what}`)
  .join('\n')}
`

export const runAdmin: CommandRun = async ([name = '--help', ...args], context) => {
  if (name === '--help') {
    context.output.print(usage)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    context.output.complain(usage)
    return 2
  }
  return command.run(args, context)
}
