/** An import's target in the process that holds the data directory: the server's, or a command's. */
import type { SqliteConnection } from '../database/open-database.ts'
import { writeAuditEntry } from '../database/write-audit-entry.ts'
import { createReadMessagePlace } from '../projection/message-places.ts'
import { createAddMembers } from './add-members.ts'
import type { ImportTarget } from './import-target.ts'
import { findPeopleHere } from './link-people.ts'
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
    findPeopleHere: (people) => Promise.resolve(findPeopleHere(sqlite, people)),
    writeDirectory: (directory) =>
      pace.run(() => {
        const result = sqlite.transaction(() => {
          const written = writeDirectory(sqlite, directory, now())
          writeAuditEntry(sqlite, {
            ...{ action: 'workspace.imported', entityType: 'workspace', entityId: null },
            ...{ actorId: null, at: now(), details: countsOf(written) },
          })
          return written
        })()
        const { newPeople, newChannels, newThreads } = result
        if (newPeople + newChannels + newThreads > 0) onDirectoryChanged?.(result)
        return Promise.resolve(result)
      }),
    writeHistory: createHistoryWriter({ ...deps, readPlace, addMembers }),
  }
}

function countsOf({ newPeople, newChannels, newThreads }: DirectoryResult): Record<string, number> {
  return { newPeople, newChannels, newThreads }
}
