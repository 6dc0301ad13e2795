/** `user <command>`: people's accounts, through the running server or, without one, in the store. */
import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { CommandContext, CommandRun } from '../../cli-command.ts'
import type { LiveNotifier } from '../../commands/live-notifier.ts'
import { createStoppedWriter } from '../../import/stopped-writer.ts'
import { openDataDirectory, type OpenedDataDirectory } from '../../open-data-directory.ts'
import { answer, EXIT, parseAdminOptions, type AdminOptions } from '../admin-options.ts'
import { missingDatabase, readCommandConfig } from '../command-config.ts'
import { askServer, askServerForExport } from './ask-server.ts'
import { finishErasure } from './finish-erasure.ts'
import { exportSomebody, managePeople, type ManagePeopleDeps } from './manage-people.ts'
import {
  peopleRequestSchema,
  type AdminPerson,
  type ExportRequest,
  type ManageRequest,
  type PeopleAnswer,
} from './people-protocol.ts'
import { writeExport } from './write-export.ts'

const usage = `Manages people's accounts. <who> is an id or an e-mail address.

  npm run admin -- user list
  npm run admin -- user show <who>
  npm run admin -- user set-role <who> <OWNER, ADMIN, MEMBER or GUEST>
  npm run admin -- user deactivate <who>      ends sessions, tokens and open connections
  npm run admin -- user reactivate <who>
  npm run admin -- user reset-password <who>  ends the password and all sessions; prints a link with
                                              which the person sets a new one, once, for a week
  npm run admin -- user end-sessions <who>    signs them out everywhere; their tokens stay
  npm run admin -- user export <who> <file>   writes all that is kept about them into a new file, as
                                              JSON; the bytes of their files are not in it
  npm run admin -- user erase <who> --confirm <who, once more>
                                              for ever: what tells who they were goes at once, then
                                              all that they wrote, with their files

While the server runs, it does what is asked itself, so that it is in force at once. It is reached over
a socket in the data directory that its own account alone can open.

  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --confirm <who>    the e-mail address or, for somebody without one, the id of who is erased
  --json             print {"people": […], "link": {"url", "expiresAt"}}; of an export
                     {"file", "sizeBytes"}

Exit codes
  0  done
  1  an unexpected fault
  2  wrong usage
  3  refused: nobody is called so, it would leave the workspace without an owner, it is not
     confirmed, the file is there already, or there is no database
  5  another process, and no server that answers, is using the data directory
`

export const runUser: CommandRun = async (args, context) => {
  const options = parseAdminOptions(args)
  const { output } = context
  if (options.isHelp) {
    output.print(usage)
    return EXIT.done
  }
  const [command, who, last, ...tooMany] = options.positionals
  const isExport = command === 'export'
  const asked = peopleRequestSchema.safeParse({
    command,
    ...(who !== undefined && { who }),
    ...(last !== undefined && !isExport && { role: last.toUpperCase() }),
    ...(options.confirm !== undefined && { confirm: options.confirm }),
  })
  if (!asked.success || tooMany.length > 0 || (isExport && last === undefined)) {
    output.complain(usage)
    return EXIT.usage
  }
  const missing = missingDatabase(readCommandConfig(context, options))
  if (missing !== undefined) {
    output.complain(missing)
    return EXIT.refused
  }
  try {
    const given =
      asked.data.command === 'export'
        ? await exportTo(asked.data, resolve(last ?? ''), { context, options })
        : await manage(asked.data, { context, options })
    if ('problem' in given) {
      output.complain(given.problem)
      return EXIT.directoryInUse
    }
    answer(context, options, given)
    return EXIT.done
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error
    output.complain(`${error.message}.`)
    return EXIT.refused
  }
}

interface Run {
  context: CommandContext
  options: AdminOptions
}

type Given = { value: unknown; text: string } | { problem: string }

async function manage(asked: ManageRequest, { context, options }: Run): Promise<Given> {
  const given = await perform(context, options, {
    beside: (dataDir) => askServer(dataDir, asked),
    async alone(deps, { database, config }) {
      const answered = managePeople(deps, asked)
      const { sqlite } = database
      const { now, writer } = deps.context
      if (asked.command === 'erase') await finishErasure({ sqlite, config, now, writer })
      return answered
    },
  })
  return 'problem' in given ? given : { value: given, text: format(given, asked.command) }
}

async function exportTo(
  asked: ExportRequest,
  file: string,
  { context, options }: Run,
): Promise<Given> {
  const write = (parts: AsyncIterable<string | Uint8Array>): Promise<number> =>
    writeExport(parts, file, context.signal)
  const sizeBytes = await perform(context, options, {
    async beside(dataDir) {
      const parts = await askServerForExport(dataDir, asked)
      return parts && write(parts)
    },
    alone: (deps) => write(exportSomebody(deps, asked.who)),
  })
  if (typeof sizeBytes !== 'number') return sizeBytes
  return { value: { file, sizeBytes }, text: `${file}: ${sizeBytes} bytes` }
}

interface Doings<Result> {
  /** Through the server that uses the directory; undefined when none answers. */
  beside: (dataDir: string) => Promise<Result | undefined>
  /** In the store, which no server uses. */
  alone: (
    deps: ManagePeopleDeps,
    opened: Extract<OpenedDataDirectory, { isOpen: true }>,
  ) => Promise<Result>
}

async function perform<Result>(
  { environment, now }: CommandContext,
  { dataDir }: AdminOptions,
  { beside, alone }: Doings<Result>,
): Promise<Result | { problem: string }> {
  const opened = openDataDirectory(environment, dataDir)
  if (!opened.isOpen) {
    return (await beside(opened.config.dataDir)) ?? { problem: opened.problem }
  }
  const { database, config } = opened
  try {
    const writer = createStoppedWriter(database.sqlite, now)
    const context = { database, now, notifier: nobodyConnected, writer }
    const { publicUrl } = config.http
    return await alone({ context, publicUrl, onErasure: () => undefined }, opened)
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

function format({ people, link }: PeopleAnswer, command: ManageRequest['command']): string {
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
