/** An import's target in the process that holds the data directory: the server's, or a command's. */
import type { SqliteConnection } from '../database/open-database.ts'
import { createReadMessagePlace } from '../projection/message-places.ts'
import { createAddMembers } from './add-members.ts'
import type { ImportTarget } from './import-target.ts'
import { findPeopleHere } from './link-people.ts'
import { writeImportNote } from './note-import.ts'
import { writeDirectory, type DirectoryResult } from './write-directory.ts'
import { createHistoryWriter, type HistoryWriterDeps } from './write-history.ts'

export interface StoreTargetDeps extends Omit<HistoryWriterDeps, 'readPlace' | 'addMembers'> {
  sqlite: SqliteConnection
  now: () => number
  /** There are new people, channels or DMs. */
  onDirectoryChanged?: (result: DirectoryResult) => void
}

/** Calls must be serial. */
export function createStoreTarget(deps: StoreTargetDeps): ImportTarget {
  const { sqlite, now, pace, onDirectoryChanged } = deps
  const readPlace = createReadMessagePlace(sqlite)
  const addMembers = createAddMembers(sqlite, readPlace)
  return {
    note: (note) => pace.run(() => Promise.resolve(writeImportNote(sqlite, note, now()))),
    findPeopleHere: (people) => Promise.resolve(findPeopleHere(sqlite, people)),
    writeDirectory: (directory) =>
      pace.run(() => {
        const result = writeDirectory(sqlite, directory, now())
        const { newPeople, newChannels, newThreads } = result
        if (newPeople + newChannels + newThreads > 0) onDirectoryChanged?.(result)
        return Promise.resolve(result)
      }),
    writeHistory: createHistoryWriter({ ...deps, readPlace, addMembers }),
  }
}
