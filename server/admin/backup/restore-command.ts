/**
 * `restore <file>`: puts a backup in the place of a store, while the server is stopped. Raises the
 * store's generation, by which browsers know that the server may have lost what they have.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CommandContext, CommandRun } from '../../cli-command.ts'
import type { Config } from '../../config/config.ts'
import { DirectoryInUse, lockDataDirectory } from '../../database/lock-data-directory.ts'
import { createFileStore } from '../../files/open-files.ts'
import { StartFault } from '../../start-fault.ts'
import { answer, EXIT, parseAdminOptions } from '../admin-options.ts'
import { formatFindings } from '../check-store.ts'
import { readCommandConfig } from '../command-config.ts'
import { checkFolder } from '../open-checked-store.ts'
import type { Finding } from '../store-check.ts'
import { isDiskFull } from './disk-full.ts'
import { raiseGeneration } from './generation.ts'
import { ASIDE_PREFIX } from './kept-files.ts'
import { putInPlace } from './put-in-place.ts'
import { BackupDamaged, unpackBackup } from './unpack-backup.ts'

const MAX_PRINTED = 20

const usage = `Puts a backup in the place of the store. Stop the server first.

  npm run admin -- restore <file> [options]

The backup is unpacked and checked before anything is changed. Browsers that were connected since
put back what their own people wrote and the backup lacks. Sessions, tokens and rights are those of
the backup: what was revoked since is valid again.

  --force            also when there is data already; it is put aside into a folder
                     before-restore-… of the data directory
  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print {"files", "madeAt", "generation", "aside", "findings"}

Exit codes
  0  done
  1  an unexpected fault; or done, but the store has the differences that are listed
  2  wrong usage
  3  refused, nothing was changed: the file is damaged or of a newer version, the disk has no room
     for what is in it, or there is data already
  5  another process is using the data directory
`

interface Restored {
  files: number
  /** When the backup was made, ms UTC. */
  madeAt: number
  generation: number
  /** Where the data is that was there before; null when there was none. */
  aside: string | null
  findings: Finding[]
}

export const runRestore: CommandRun = async (args, context) => {
  const options = parseAdminOptions(args)
  const { output } = context
  if (options.isHelp) {
    output.print(usage)
    return EXIT.done
  }
  const [name, ...tooMany] = options.positionals
  if (name === undefined || tooMany.length > 0) {
    output.complain(usage)
    return EXIT.usage
  }
  const config = readCommandConfig(context, options)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  try {
    const release = lockDataDirectory(config.dataDir)
    try {
      if (holdsData(config.dataDir) && !options.isForced) {
        output.complain(`${config.dataDir} holds data already; --force puts it aside.`)
        return EXIT.refused
      }
      const restored = await restore(resolve(name), config, context)
      report(restored, context, options.isJson)
      return restored.findings.length === 0 ? EXIT.done : EXIT.differences
    } finally {
      release()
    }
  } catch (error) {
    if (error instanceof DirectoryInUse) {
      output.complain(error.message)
      return EXIT.directoryInUse
    }
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    output.complain(`${name} was not restored: ${reason}. Nothing was changed.`)
    return EXIT.refused
  }
}

/** Undefined for a bug; whatever fails leaves the old store as it was. */
function reasonOf(error: unknown): string | undefined {
  if (isDiskFull(error)) return 'the disk has no room for it'
  if (error instanceof BackupDamaged) return error.message
  // The store in it cannot be opened.
  const { cause } = error instanceof StartFault ? error : {}
  return cause instanceof Error ? cause.message : undefined
}

/** What earlier restores put aside is no data. */
function holdsData(dataDir: string): boolean {
  return readdirSync(dataDir).some(
    (name) => !name.startsWith(ASIDE_PREFIX) && !name.startsWith('connectnow.lock'),
  )
}

async function restore(
  file: string,
  { dataDir, files: filesConfig }: Pick<Config, 'dataDir' | 'files'>,
  { now, output }: CommandContext,
): Promise<Restored> {
  const staged = mkdtempSync(join(dataDir, '.restore-'))
  try {
    const manifest = await unpackBackup(file, staged)
    const fileStore = filesConfig.s3 === undefined ? undefined : createFileStore(filesConfig)
    const findings = await checkFolder(staged, { now, onProblem: output.complain, fileStore })
    const { files, madeAt } = manifest
    const generation = await raiseGeneration({ staged, dataDir, madeAt, now: now() })
    const aside = holdsOther(dataDir, staged) ? join(dataDir, `${ASIDE_PREFIX}${now()}`) : null
    putInPlace({ staged, dataDir, aside: aside ?? join(staged, 'nothing') })
    return { files: files.length, madeAt, generation, aside, findings }
  } finally {
    rmSync(staged, { recursive: true, force: true })
  }
}

function holdsOther(dataDir: string, staged: string): boolean {
  const work = staged.slice(dataDir.length + 1)
  return readdirSync(dataDir).some(
    (name) =>
      name !== work && !name.startsWith(ASIDE_PREFIX) && !name.startsWith('connectnow.lock'),
  )
}

function report(restored: Restored, context: CommandContext, isJson: boolean): void {
  formatFindings(restored.findings, MAX_PRINTED).forEach(context.output.complain)
  const { files, madeAt, generation, aside } = restored
  const lines = [
    `Restored ${files} files of ${new Date(madeAt).toISOString()}. Generation ${generation}.`,
    ...(aside === null ? [] : [`What was there before is in ${aside}.`]),
  ]
  answer(context, { isJson }, { value: restored, text: lines.join('\n') })
}
