/** Writes one archive of a store that may be in use: the database as it is at one moment, then files. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { copyDatabase } from '../../database/copy-database.ts'
import { noteDeletedMeanwhile } from '../../files/deleted-meanwhile.ts'
import { DATABASE_NAME } from '../open-checked-store.ts'
import { DATA_PREFIX, MANIFEST_NAME, type BackupManifest } from './backup-manifest.ts'
import { listKeptFiles } from './kept-files.ts'

export interface BackupSource {
  dataDir: string
  /** Where the copy of the database is put while it is being packed. */
  workFolder: string
  madeAt: number
}

type PackedFile = BackupManifest['files'][number]

/** Above it an entry needs the larger form of its sizes. */
const LARGE_BYTES = 2 ** 31

/** Answers what the archive holds. A file that is deleted meanwhile counts as deleted in it. */
export async function writeBackup(
  { dataDir, workFolder, madeAt }: BackupSource,
  archivePath: string,
): Promise<BackupManifest> {
  const copy = join(workFolder, DATABASE_NAME)
  // First the database: every file that it knows was there before, if it was not deleted since.
  await copyDatabase(join(dataDir, DATABASE_NAME), copy)
  const zip = new ZipFile()
  const target = createWriteStream(archivePath, { mode: 0o600, flush: true })
  const ending = new AbortController()
  const packing = packAll(zip, { copy, dataDir, madeAt, signal: ending.signal })
  const written = pipeline(zip.outputStream, target, { signal: ending.signal })
  try {
    // When the disk is full, nobody takes what is being packed; when packing fails, nothing more comes.
    const [manifest] = await Promise.all([packing, written])
    return manifest
  } finally {
    ending.abort()
    await Promise.allSettled([packing, written])
  }
}

interface Packing {
  /** The copy of the database. */
  copy: string
  dataDir: string
  madeAt: number
  signal: AbortSignal
}

async function packAll(
  zip: ZipFile,
  { copy, dataDir, madeAt, signal }: Packing,
): Promise<BackupManifest> {
  const files: PackedFile[] = []
  for (const path of listKeptFiles(dataDir)) {
    const packed = await packFile(zip, { from: join(dataDir, path), path, signal })
    if (packed !== undefined) files.push(packed)
  }
  // Last the database: of the files that it knows, those that are not in the archive are deleted by now.
  await noteDeletedMeanwhile(copy, join(dataDir, DATABASE_NAME), madeAt)
  const database = await packFile(zip, { from: copy, path: DATABASE_NAME, signal })
  if (database !== undefined) files.push(database)
  const manifest: BackupManifest = { format: 1, madeAt, files }
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), MANIFEST_NAME)
  zip.end()
  return manifest
}

/** Undefined when the file is not there any more. */
async function packFile(
  zip: ZipFile,
  { from, path, signal }: { from: string; path: string; signal: AbortSignal },
): Promise<PackedFile | undefined> {
  const file = await openIfThere(from)
  if (file === undefined) return undefined
  const hash = createHash('sha256')
  let sizeBytes = 0
  const measuring = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      sizeBytes += chunk.length
      done(null, chunk)
    },
  })
  const { size } = await file.stat()
  zip.addReadStream(measuring, DATA_PREFIX + path, {
    // Pictures and archives are packed already.
    compress: path === DATABASE_NAME,
    mode: 0o100600,
    forceZip64Format: size > LARGE_BYTES,
  })
  // Closes the file, too. A file that is deleted from now on is read to its end all the same.
  await Promise.all([
    pipeline(file.createReadStream(), measuring, { signal }),
    finished(measuring, { signal }),
  ])
  return { path, sizeBytes, sha256: hash.digest('hex') }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
