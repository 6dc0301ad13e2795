/**
 * Knows which databases do not keep what they should, tries them again until they do, and says
 * what is the matter. It never gives anything up itself: memory has all of it meanwhile.
 */
import { createRetryDelay } from '../retry-delay.ts'
import { troublesByWeight, type StorageTrouble } from './storage-trouble.ts'

/** A database in trouble. */
export interface Recoverable {
  /** Opens it again and writes what memory has; reports or settles when that has ended. */
  retry: () => void
}

export interface StorageMonitor {
  report: (database: Recoverable, trouble: StorageTrouble, error: unknown) => void
  /** This database keeps everything again, or is no longer used. */
  settle: (database: Recoverable) => void
  /** Frees space by giving up what the server has; false when there is nothing to give up. */
  makeRoom: () => Promise<boolean>
  /** Undefined while everything is kept. */
  trouble: () => StorageTrouble | undefined
  close: () => void
}

export interface StorageMonitorDeps {
  onChange: () => void
  /** For the log. */
  onFailure: (error: unknown) => void
  makeRoom: () => Promise<boolean>
}

export function createStorageMonitor(deps: StorageMonitorDeps): StorageMonitor {
  const troubled = new Map<Recoverable, StorageTrouble>()
  const delay = createRetryDelay()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  function retryLater(): void {
    if (timer !== undefined || isClosed) return
    timer = setTimeout(() => {
      timer = undefined
      for (const database of troubled.keys()) database.retry()
      if (troubled.size > 0) retryLater()
    }, delay.next())
  }

  return {
    report(database, trouble, error) {
      const isNews = troubled.get(database) !== trouble
      troubled.set(database, trouble)
      retryLater()
      if (!isNews) return
      deps.onChange()
      deps.onFailure(error)
    },
    settle(database) {
      if (!troubled.delete(database)) return
      if (troubled.size === 0) {
        clearTimeout(timer)
        timer = undefined
        delay.reset()
      }
      deps.onChange()
    },
    makeRoom: deps.makeRoom,
    trouble() {
      const all = new Set(troubled.values())
      return troublesByWeight.find((each) => all.has(each))
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
