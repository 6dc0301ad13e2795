/**
 * Where an import writes to, whatever it reads from: a data directory that no server uses, or the
 * server that uses it. Everything may be written again; what stands there already is left alone.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { ImportedMessage, ImportedPerson } from './imported-records.ts'
import type { Directory, DirectoryResult } from './write-directory.ts'
import type { HistoryResult } from './write-history.ts'
import type { ImportNote } from './note-import.ts'

export interface ImportTarget {
  /** Notes in the audit log that an import begins or has ended. */
  note: (note: ImportNote) => Promise<void>
  /** Imported id -> the id of the same person here, for those who were not imported before. */
  findPeopleHere: (people: readonly ImportedPerson[]) => Promise<Map<UserId, UserId>>
  /** Writes people, channels and DM threads in one transaction. */
  writeDirectory: (directory: Directory) => Promise<DirectoryResult>
  /**
   * Resolves when what was missing is on disk and in the tables. Stops between two parts when
   * `signal` is aborted; what was written until then stays, and the next run writes the rest.
   */
  writeHistory: (
    conversation: Conversation,
    messages: readonly ImportedMessage[],
    options: { signal: AbortSignal },
  ) => Promise<HistoryResult>
}
