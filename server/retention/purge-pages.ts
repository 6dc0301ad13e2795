/**
 * Makes what was removed leave the database's files: deleted content is overwritten as it goes
 * (secure_delete), but the search index keeps the words of deleted messages until it merges its
 * parts, and the write-ahead log keeps old pages until it is begun anew. SQLite's own affairs.
 */
import type { SqliteConnection } from '../database/open-database.ts'

export interface PurgePages {
  /** Notes that there is something to purge. */
  noteRemoval: (now: number) => void
  /** Whether something was removed since the last purge, and when that was; 0 for never. */
  state: () => { isDue: boolean; purgedAt: number }
  /** Merges a part of the search index; false when nothing is left to merge. */
  mergeSome: (isFirst: boolean) => boolean
  /** Notes that all words removed up to this time have left the index. */
  noteMerged: (removedUpTo: number) => void
  /**
   * Puts the write-ahead log into the database and begins it anew. False when that has to be done
   * again: somebody reads from it, or deleted files have rows still.
   */
  emptyLog: () => boolean
}

/** Pages of the index that one step merges: some milliseconds. */
const PAGES = 64

export function createPurgePages(sqlite: SqliteConnection): PurgePages {
  const note = sqlite.prepare('UPDATE store_state SET words_removed_at = max(words_removed_at, ?)')
  const select = sqlite.prepare<[], { removedAt: number; purgedAt: number }>(
    'SELECT words_removed_at AS removedAt, words_purged_at AS purgedAt FROM store_state',
  )
  const finish = sqlite.prepare('UPDATE store_state SET words_purged_at = max(words_purged_at, ?)')
  const merge = sqlite.prepare<[number]>(
    "INSERT INTO search_index (search_index, rank) VALUES ('merge', CAST(? AS INTEGER))",
  )
  const hasDeletedFile = sqlite.prepare(
    'SELECT 1 FROM file_uploads WHERE deleted_at IS NOT NULL LIMIT 1',
  )
  const countChanges = sqlite.prepare<[], number>('SELECT total_changes()').pluck()

  return {
    noteRemoval: (now) => void note.run(now),
    state() {
      const { removedAt, purgedAt } = select.get() ?? { removedAt: 0, purgedAt: 0 }
      return { isDue: removedAt > purgedAt, purgedAt }
    },
    mergeSome(isFirst) {
      const before = countChanges.get() ?? 0
      // A negative number begins to merge all parts into one, which drops every deleted word.
      merge.run(isFirst ? -PAGES : PAGES)
      return isFirst || (countChanges.get() ?? 0) - before >= 2
    },
    noteMerged: (removedUpTo) => void finish.run(removedUpTo),
    emptyLog() {
      const isComplete = hasDeletedFile.get() === undefined
      const timeout = sqlite.pragma('busy_timeout', { simple: true })
      // Readers in other threads are not waited for: everybody's messages would wait, too.
      sqlite.pragma('busy_timeout = 0')
      try {
        const [result] = sqlite.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[] // as SQLite documents it
        return isComplete && result?.busy === 0
      } finally {
        sqlite.pragma(`busy_timeout = ${Number(timeout)}`)
      }
    },
  }
}
