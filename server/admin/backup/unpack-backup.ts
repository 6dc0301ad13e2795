/** Unpacks a backup into an empty folder, and proves that nothing of it is missing or changed. */
import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import {
  backupManifestSchema,
  DATA_PREFIX,
  MANIFEST_NAME,
  type BackupManifest,
} from './backup-manifest.ts'

/** The archive is none of ours, or was damaged; the message says how. */
export class BackupDamaged extends Error {
  override readonly name = 'BackupDamaged'
}

const MAX_MANIFEST_BYTES = 256 * 1_048_576

/** Throws BackupDamaged; what was unpacked until then is left to the caller. */
export async function unpackBackup(archivePath: string, folder: string): Promise<BackupManifest> {
  const zip = await openArchive(archivePath)
  const found = new Map<string, string>()
  let manifest: BackupManifest | undefined
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === MANIFEST_NAME) manifest = await readManifest(zip, entry)
      else if (entry.fileName.startsWith(DATA_PREFIX)) {
        const path = entry.fileName.slice(DATA_PREFIX.length)
        if (found.has(path)) throw new BackupDamaged(`${path} is in it twice`)
        found.set(path, await unpackFile(zip, entry, pathWithin(folder, path)))
      }
    }
  } catch (error) {
    if (error instanceof BackupDamaged) throw error
    throw new BackupDamaged(error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  } finally {
    zip.close()
  }
  if (manifest === undefined) throw new BackupDamaged(`it has no ${MANIFEST_NAME}`)
  for (const { path, sha256 } of manifest.files) {
    if (found.get(path) !== sha256) throw new BackupDamaged(`${path} is missing or changed`)
  }
  if (found.size !== manifest.files.length) throw new BackupDamaged('it holds more than it says')
  return manifest
}

async function openArchive(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BackupDamaged(`it cannot be read: ${reason}`, { cause })
  }
}

/** yauzl refuses names that climb out of the folder; this makes sure of it. */
function pathWithin(folder: string, path: string): string {
  const target = join(folder, path)
  if (!target.startsWith(folder + sep)) throw new BackupDamaged(`${path} is no file of a backup`)
  return target
}

async function readManifest(zip: ZipFile, entry: Entry): Promise<BackupManifest> {
  if (entry.uncompressedSize > MAX_MANIFEST_BYTES) throw new BackupDamaged('its list is too long')
  const text = (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8')
  const parsed = backupManifestSchema.safeParse(JSON.parse(text))
  if (!parsed.success) throw new BackupDamaged('it was made by another version')
  return parsed.data
}

/** Answers the file's hash. */
async function unpackFile(zip: ZipFile, entry: Entry, target: string): Promise<string> {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(
    await zip.openReadStreamPromise(entry),
    hashing,
    createWriteStream(target, { mode: 0o600, flags: 'wx', flush: true }),
  )
  return hash.digest('hex')
}
