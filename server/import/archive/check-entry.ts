/**
 * Judges one entry of a ZIP archive by its directory record, before any of its bytes is read.
 * Pure but for the name rules that come with yauzl; must let nothing pass that could name a place
 * outside of the archive, point elsewhere or hide what it holds.
 */
import { getFileNameLowLevel, validateFileName, type Entry } from 'yauzl'
import { ImportRefusal } from '../import-refusal.ts'
import type { ArchiveLimits } from './archive-limits.ts'

const FILE_TYPE_MASK = 0o170000
const PLAIN_FILE = 0o100000
const DIRECTORY = 0o040000
const DOS_DIRECTORY = 0x10
const ENCRYPTED = 0x1
const STRONGLY_ENCRYPTED = 0x40
const STORED = 0
const DEFLATED = 8

/** What is kept of an entry that may be read. */
export interface CheckedEntry {
  name: string
  isDirectory: boolean
}

/** Throws ImportRefusal unless the entry is a plain file or a folder inside the archive. */
export function checkEntry(entry: Entry, limits: ArchiveLimits): CheckedEntry {
  const name = readName(entry, limits)
  const isDirectory = name.endsWith('/')
  if ((entry.generalPurposeBitFlag & (ENCRYPTED | STRONGLY_ENCRYPTED)) !== 0) {
    throw new ImportRefusal('encrypted_entry', `${show(name)} is encrypted`)
  }
  checkKind(entry, name, isDirectory)
  if (![STORED, DEFLATED].includes(entry.compressionMethod)) {
    const method = entry.compressionMethod
    throw new ImportRefusal('unknown_compression', `${show(name)} is packed with method ${method}`)
  }
  if (isDirectory && entry.uncompressedSize > 0) {
    throw new ImportRefusal('not_a_plain_file', `${show(name)} is a folder with content of its own`)
  }
  if (entry.uncompressedSize > limits.maxEntryBytes) {
    throw new ImportRefusal(
      'entry_too_large',
      `${show(name)} says that it unpacks to ${entry.uncompressedSize} bytes; ` +
        `at most ${limits.maxEntryBytes} are read`,
    )
  }
  return { name, isDirectory }
}

function readName(entry: Entry, limits: ArchiveLimits): string {
  const name = getFileNameLowLevel(
    entry.generalPurposeBitFlag,
    entry.fileNameRaw,
    entry.extraFields,
    true,
  )
  if (name === '' || name.length > limits.maxNameLength) {
    throw new ImportRefusal('unsafe_path', `an entry has a name of ${name.length} characters`)
  }
  const problem = validateFileName(name)
  if (problem !== null) throw new ImportRefusal('unsafe_path', `unsafe name: ${show(name)}`)
  const parts = name.replace(/\/$/, '').split('/')
  const isOdd = parts.some((part) => part === '' || part === '.' || part === '..')
  // A name with control characters or a text direction mark shows as something else in reports.
  if (isOdd || /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/u.test(name)) {
    throw new ImportRefusal('unsafe_path', `unsafe name: ${show(name)}`)
  }
  return name
}

/** Archives made on Unix keep the file's type in the upper half of the attributes. */
function checkKind(entry: Entry, name: string, isDirectory: boolean): void {
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK
  const allowed = isDirectory ? [0, DIRECTORY] : [0, PLAIN_FILE]
  if (!allowed.includes(type)) {
    throw new ImportRefusal('not_a_plain_file', `${show(name)} is a link or another special file`)
  }
  if (!isDirectory && (entry.externalFileAttributes & DOS_DIRECTORY) !== 0) {
    throw new ImportRefusal('not_a_plain_file', `${show(name)} is a folder without a folder's name`)
  }
}

/** A name as it may be printed: quoted, with everything odd escaped, not too long. */
export function show(name: string): string {
  const escaped = JSON.stringify(name.slice(0, 120)).replace(
    /[^\u0020-\u007e\p{L}\p{N}\p{M}\p{S}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
  return name.length > 120 ? `${escaped}…` : escaped
}
