/** `backup <file>`: everything that must be kept, in one file, beside a running server or without one. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { CommandContext, CommandRun } from '../../cli-command.ts'
import type { Config } from '../../config/config.ts'
import { createFileStore } from '../../files/open-files.ts'
import { answer, EXIT, parseAdminOptions } from '../admin-options.ts'
import { formatFindings } from '../check-store.ts'
import { missingDatabase, readCommandConfig } from '../command-config.ts'
import { checkFolder, DATABASE_NAME } from '../open-checked-store.ts'
import type { Finding } from '../store-check.ts'
import { isDiskFull } from './disk-full.ts'
import { unpackBackup } from './unpack-backup.ts'
import { writeBackup } from './write-backup.ts'

const MAX_PRINTED = 20

const usage = `Writes everything that must be kept into one file: the database as it is at one moment,
uploaded files, secrets. The server may run meanwhile. The file is unpacked into a folder for the
while, and the store in it checked, before it takes its name; that needs about three times its space
beside it. Whoever can read the file can read every message: keep it as you keep the data.

  npm run admin -- backup <file> [options]

Files in a store elsewhere (S3) are not in it.

  --force            replace the file when there is one
  --data-dir <path>  where the data is kept (default: DATA_DIR, or ./data)
  --json             print {"file", "sizeBytes", "files", "findings"}

Exit codes
  0  done, and checked
  1  an unexpected fault or a full disk, after which there is no file; or the file is there, but the
     store in it has the differences that are listed
  2  wrong usage
  3  refused: the file is there already, or there is no database
`

export const runBackup: CommandRun = async (args, context) => {
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
  const file = resolve(name)
  const config = readCommandConfig(context, options)
  const refusal = refusalOf(config, { file, isForced: options.isForced })
  if (refusal !== undefined) {
    output.complain(refusal)
    return EXIT.refused
  }
  const made = await backUp(config, file, context).catch((error: unknown) => {
    if (isDiskFull(error)) return undefined
    throw error
  })
  if (made === undefined) {
    output.complain(`${file} was not written: the disk has no room for it.`)
    return EXIT.differences
  }
  const { files, findings } = made
  formatFindings(findings, MAX_PRINTED).forEach(output.complain)
  const sizeBytes = statSync(file).size
  const state = findings.length === 0 ? 'It was checked.' : 'The store in it has differences.'
  const text = `${file}: ${files} files, ${sizeBytes} bytes. ${state}`
  answer(context, options, { value: { file, sizeBytes, files, findings }, text })
  return findings.length === 0 ? EXIT.done : EXIT.differences
}

function refusalOf(
  config: Pick<Config, 'database'>,
  { file, isForced }: { file: string; isForced: boolean },
): string | undefined {
  const missing = missingDatabase(config)
  if (missing !== undefined) return missing
  if (existsSync(file) && !isForced) return `${file} is there already; --force replaces it.`
  return undefined
}

/** Nothing half-made ever has the file's name, and nothing is left behind by a failure. */
async function backUp(
  { dataDir, files: filesConfig }: Pick<Config, 'dataDir' | 'files'>,
  file: string,
  { now, output, signal }: CommandContext,
): Promise<{ files: number; findings: Finding[] }> {
  mkdirSync(dirname(file), { recursive: true })
  const workFolder = mkdtempSync(join(dirname(file), '.backup-'))
  try {
    const archive = join(workFolder, 'archive.zip')
    const manifest = await writeBackup({ dataDir, workFolder, madeAt: now() }, archive)
    rmSync(join(workFolder, DATABASE_NAME))
    signal.throwIfAborted()
    const unpacked = join(workFolder, 'unpacked')
    mkdirSync(unpacked, { mode: 0o700 })
    await unpackBackup(archive, unpacked)
    const fileStore = filesConfig.s3 === undefined ? undefined : createFileStore(filesConfig)
    const findings = await checkFolder(unpacked, { now, onProblem: output.complain, fileStore })
    signal.throwIfAborted()
    renameSync(archive, file)
    return { files: manifest.files.length, findings }
  } finally {
    rmSync(workFolder, { recursive: true, force: true })
  }
}
