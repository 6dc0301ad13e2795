/** `user <command>`: people's accounts, through the running server or, without one, in the store. */
import { AppError } from '../../../shared/errors.ts'
import type { CommandContext, CommandRun } from '../../cli-command.ts'
import type { LiveNotifier } from '../../commands/live-notifier.ts'
import { createStoppedWriter } from '../../import/stopped-writer.ts'
import { openDataDirectory } from '../../open-data-directory.ts'
import { answer, EXIT, parseAdminOptions } from '../admin-options.ts'
import { askServer } from './ask-server.ts'
import { managePeople } from './manage-people.ts'
import {
  peopleRequestSchema,
  type AdminPerson,
  type PeopleAnswer,
  type PeopleRequest,
} from './people-protocol.ts'

const usage = `Manages people's accounts. <who> is an id or an e-mail address.

  npm run admin -- user list
  npm run admin -- user show <who>
  npm run admin -- user set-role <who> <OWNER, ADMIN, MEMBER or GUEST>
  npm run admin -- user deactivate <who>      ends sessions, tokens and open connections
  npm run admin -- user reactivate <who>
  npm run admin -- user reset-password <who>  ends the password and all sessions; prints a link with
                                              which the person sets a new one, once, for a week
  npm run admin -- user end-sessions <who>    signs them out everywhere; their tokens stay

While the server runs, it does what is asked itself, so that it is in force at once. It is reached over
a socket in the data directory that its own account alone can open.

  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print {"people": […], "link": {"url", "expiresAt"}}

Exit codes
  0  done
  1  an unexpected fault
  2  wrong usage
  3  refused: nobody is called so, or it would leave the workspace without an owner
  5  another process, and no server that answers, is using the data directory
`

export const runUser: CommandRun = async (args, context) => {
  const options = parseAdminOptions(args)
  const { output } = context
  if (options.isHelp) {
    output.print(usage)
    return EXIT.done
  }
  const [command, who, role, ...tooMany] = options.positionals
  const asked = peopleRequestSchema.safeParse({
    command,
    ...(who !== undefined && { who }),
    ...(role !== undefined && { role: role.toUpperCase() }),
  })
  if (!asked.success || tooMany.length > 0) {
    output.complain(usage)
    return EXIT.usage
  }
  try {
    const given = await perform(asked.data, context, options.dataDir)
    if ('problem' in given) {
      output.complain(given.problem)
      return EXIT.directoryInUse
    }
    answer(context, options, { value: given, text: format(given, asked.data.command) })
    return EXIT.done
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error
    output.complain(`${error.message}.`)
    return EXIT.refused
  }
}

async function perform(
  asked: PeopleRequest,
  { environment, now }: CommandContext,
  dataDir: string | undefined,
): Promise<PeopleAnswer | { problem: string }> {
  const opened = openDataDirectory(environment, dataDir)
  if (!opened.isOpen) {
    return (await askServer(opened.config.dataDir, asked)) ?? { problem: opened.problem }
  }
  const { database, config } = opened
  try {
    const writer = createStoppedWriter(database.sqlite, now)
    const context = { database, now, notifier: nobodyConnected, writer }
    return managePeople({ context, publicUrl: config.http.publicUrl }, asked)
  } finally {
    await opened.close()
  }
}

/** Without a server there are no connections. */
const nobodyConnected: LiveNotifier = {
  publish: () => undefined,
  accessChanged: () => undefined,
  showTyping: () => undefined,
  credentialEnded: () => undefined,
}

function format({ people, link }: PeopleAnswer, command: PeopleRequest['command']): string {
  const lines = people.map(command === 'list' ? formatLine : formatWhole)
  if (link !== undefined) {
    lines.push(`Until ${new Date(link.expiresAt).toISOString()}: ${link.url}`)
  }
  return lines.join('\n')
}

function formatLine(person: AdminPerson): string {
  const { id, role, name, email } = person
  return `${id}  ${role.padEnd(6)}  ${stateOf(person).padEnd(11)}  ${name} <${email ?? 'no address'}>`
}

function formatWhole(person: AdminPerson): string {
  const { lastSeenAt, createdAt, sessions, tokens } = person
  const seen = lastSeenAt === null ? 'never' : new Date(lastSeenAt).toISOString()
  return [
    formatLine(person),
    `  since ${new Date(createdAt).toISOString()}, last seen ${seen}`,
    `  ${sessions} sessions, ${tokens} tokens`,
  ].join('\n')
}

function stateOf({ isDeactivated, canSignIn }: AdminPerson): string {
  if (isDeactivated) return 'deactivated'
  return canSignIn ? 'active' : 'unclaimed'
}
