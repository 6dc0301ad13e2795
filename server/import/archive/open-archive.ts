/**
 * Opens a ZIP archive for reading entry by entry, straight from the packed bytes: nothing is ever
 * unpacked to disk, and no entry is inflated further than the limits allow, whatever it claims.
 */
import { crc32 } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { ImportRefusal } from '../import-refusal.ts'
import { defaultArchiveLimits, type ArchiveLimits } from './archive-limits.ts'
import { checkEntry, show } from './check-entry.ts'

/** The bytes of one file, or why they cannot be had; the rest of the archive may still be good. */
export type FileContent = { isRead: true; bytes: Buffer } | { isRead: false; problem: string }

export interface Archive {
  /** Names of all files, in the archive's order; folders have none of their own. */
  readonly fileNames: readonly string[]
  /** Inflates one file into memory. Throws ImportRefusal when it is more than it claims to be. */
  readFile: (name: string) => Promise<FileContent>
  close: () => void
}

/** Opens an archive whose every entry passed the checks; throws ImportRefusal otherwise. */
export async function openArchive(
  path: string,
  limits: ArchiveLimits = defaultArchiveLimits,
): Promise<Archive> {
  const zip = await openZip(path)
  try {
    const entries = await readDirectory(zip, limits)
    const inflatedNames = new Set<string>()
    let inflatedBytes = 0
    return {
      fileNames: [...entries.keys()],
      readFile: async (name) => {
        const entry = entries.get(name)
        if (entry === undefined) return { isRead: false, problem: 'the archive has no such file' }
        // Reading a file a second time is our wish, not the archive's doing.
        const budget = inflatedNames.has(name) ? Infinity : limits.maxTotalBytes - inflatedBytes
        const content = await inflate(zip, entry, { name, limits, budget })
        if (content.isRead && !inflatedNames.has(name)) {
          inflatedNames.add(name)
          inflatedBytes += content.bytes.length
        }
        return content
      },
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    // Names stay raw and sizes unchecked here: both are judged by our own rules, with our reasons.
    return await openPromise(path, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new ImportRefusal('not_found', `there is no file ${show(path)}`, { cause: error })
    }
    throw new ImportRefusal('not_a_zip_archive', `${show(path)}: ${sentence(error)}`, {
      cause: error,
    })
  }
}

async function readDirectory(zip: ZipFile, limits: ArchiveLimits): Promise<Map<string, Entry>> {
  if (zip.entryCount > limits.maxEntries) {
    throw new ImportRefusal(
      'too_many_entries',
      `the archive has ${zip.entryCount} entries; at most ${limits.maxEntries} are read`,
    )
  }
  const files = new Map<string, Entry>()
  const seen = new Set<string>()
  let declaredBytes = 0
  for await (const entry of entriesOf(zip)) {
    const { name, isDirectory } = checkEntry(entry, limits)
    // Two entries of one name, one a folder or only differing in form or case, are a way to show
    // one content to a scanner and another to whoever unpacks.
    const plainName = name.replace(/\/$/, '').normalize('NFC').toLowerCase()
    if (seen.has(plainName)) {
      throw new ImportRefusal('duplicate_name', `the archive holds ${show(name)} twice`)
    }
    seen.add(plainName)
    declaredBytes += entry.uncompressedSize
    if (declaredBytes > limits.maxTotalBytes) throw tooLarge(limits)
    if (!isDirectory) files.set(name, entry)
  }
  return files
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry()
  } catch (error) {
    if (error instanceof ImportRefusal) throw error
    throw new ImportRefusal('not_a_zip_archive', `damaged archive: ${sentence(error)}`, {
      cause: error,
    })
  }
}

interface InflateOptions {
  name: string
  limits: ArchiveLimits
  /** How many bytes this entry may still add to all that was inflated before. */
  budget: number
}

async function inflate(
  zip: ZipFile,
  entry: Entry,
  { name, limits, budget }: InflateOptions,
): Promise<FileContent> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  const ratioLimit = Math.max(limits.ratioFreeBytes, entry.compressedSize * limits.maxRatio)
  try {
    const stream = await zip.openReadStreamPromise(entry)
    for await (const chunk of stream) {
      const bytes = chunk as Buffer // streams of yauzl are in byte mode
      sizeBytes += bytes.length
      if (sizeBytes > limits.maxEntryBytes) {
        throw new ImportRefusal(
          'entry_too_large',
          `${show(name)} unpacks to more than ${limits.maxEntryBytes} bytes`,
        )
      }
      if (sizeBytes > ratioLimit) {
        throw new ImportRefusal(
          'compression_bomb',
          `${show(name)} unpacks to more than ${limits.maxRatio} times its packed size`,
        )
      }
      if (sizeBytes > budget) throw tooLarge(limits)
      if (sizeBytes > entry.uncompressedSize) throw falseSize(name, entry)
      chunks.push(bytes)
    }
  } catch (error) {
    if (error instanceof ImportRefusal) throw error
    return { isRead: false, problem: `cannot be unpacked: ${sentence(error)}` }
  }
  if (sizeBytes !== entry.uncompressedSize) throw falseSize(name, entry)
  const content = Buffer.concat(chunks)
  if (crc32(content) !== entry.crc32) {
    return { isRead: false, problem: 'is damaged: its checksum does not match' }
  }
  return { isRead: true, bytes: content }
}

function falseSize(name: string, entry: Entry): ImportRefusal {
  return new ImportRefusal(
    'false_size',
    `${show(name)} does not unpack to the ${entry.uncompressedSize} bytes that it claims`,
  )
}

function tooLarge({ maxTotalBytes }: ArchiveLimits): ImportRefusal {
  return new ImportRefusal(
    'archive_too_large',
    `the archive unpacks to more than ${maxTotalBytes} bytes in all`,
  )
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}
