/**
 * Looks now and then for messages that are older than their channel or the workspace keeps them,
 * and for what people wrote who were erased, and removes it: part by part, with a rest after each,
 * so that nobody who chats meanwhile feels it. Whatever is interrupted is found again by the tables.
 */
import { setTimeout as after } from 'node:timers/promises'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { createFindRecords, type Removal } from './find-records.ts'
import { createPurgePages } from './purge-pages.ts'
import { createRemoveRecords, type RemoveRecordsDeps } from './remove-records.ts'

export interface Retention {
  /** Looks at once, or again when the sweep that is under way has ended. */
  wake: () => void
  /** Resolves when the sweep that is under way has ended. */
  settled: () => Promise<void>
  /** Ends after the part that is under way; the next start goes on. */
  close: () => Promise<void>
}

export interface RetentionDeps extends RemoveRecordsDeps {
  sqlite: SqliteConnection
  intervalMs: number
  onUnexpected: (error: unknown) => void
}

/** Rests take this many times as long as what came before them. */
const REST_FACTOR = 3
const LONGEST_REST_MS = 2_000
/** Merging rewrites the whole search index: not for each hour's few messages. */
const PURGE_INTERVAL_MS = 24 * 3_600_000

export function watchRetention(deps: RetentionDeps): Retention {
  const { sqlite, now, intervalMs, onUnexpected } = deps
  const find = createFindRecords(sqlite)
  const remove = createRemoveRecords(deps)
  const pages = createPurgePages(sqlite)
  const completeErasure = sqlite.prepare(
    'UPDATE users SET erasure_completed_at = ? WHERE id = ? AND erased_at IS NOT NULL',
  )
  const ending = new AbortController()
  let isAskedAgain = false
  // After a crash the log holds what it held.
  let isLogFull = true
  let running: Promise<void> | undefined

  async function part<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    ending.signal.throwIfAborted()
    const start = performance.now()
    const result = await work()
    const restMs = Math.min((performance.now() - start) * REST_FACTOR, LONGEST_REST_MS)
    await after(restMs, undefined, { signal: ending.signal, ref: false })
    return result
  }

  /** Removes until nothing more is found. */
  async function removeAll(findMore: () => readonly Removal[]): Promise<void> {
    let last = ''
    for (let found = findMore(); found.length > 0; found = findMore()) {
      const sign = JSON.stringify(found)
      if (sign === last) throw new Error(`Records cannot be removed: ${sign.slice(0, 200)}`)
      last = sign
      for (const { place, keys } of found) {
        if (keys.some(({ root }) => root === 'messages')) pages.noteRemoval(now())
        isLogFull = true
        await part(() => remove(place, keys))
      }
    }
  }

  /** A fault in one place must not keep the others for ever. */
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (ending.signal.aborted) throw error
      onUnexpected(error)
      return false
    }
  }

  async function erase(userId: UserId): Promise<boolean> {
    const isDone = await attempt(() => removeAll(() => find.writtenBy(userId)))
    if (isDone) completeErasure.run(now(), userId)
    return isDone
  }

  async function purge(isAtOnce: boolean): Promise<void> {
    const { isDue, purgedAt } = pages.state()
    if (isDue && (isAtOnce || now() - purgedAt >= PURGE_INTERVAL_MS)) {
      const removedUpTo = now()
      let isFirst = true
      while (await part(() => pages.mergeSome(isFirst))) isFirst = false
      pages.noteMerged(removedUpTo)
      isLogFull = true
    }
    if (isLogFull) isLogFull = !pages.emptyLog()
  }

  async function sweep(): Promise<void> {
    let hasErased = false
    for (const userId of find.peopleBeingErased()) hasErased = (await erase(userId)) || hasErased
    for (const channel of find.expiringChannels(now())) {
      await attempt(() => removeAll(() => find.expiredInChannel(channel)))
    }
    await attempt(() => removeAll(() => find.expiredInDms(now())))
    await attempt(() => removeAll(find.leftMarks))
    await attempt(() => purge(hasErased))
  }

  async function run(): Promise<void> {
    try {
      do {
        isAskedAgain = false
        await sweep()
      } while (isAskedAgain)
    } catch (error) {
      if (!ending.signal.aborted) onUnexpected(error)
    } finally {
      running = undefined
    }
  }

  function wake(): void {
    if (ending.signal.aborted) return
    isAskedAgain = running !== undefined
    running ??= run()
  }

  const timer = setInterval(wake, intervalMs).unref()
  // What was interrupted by the last end goes on.
  if (find.peopleBeingErased().length > 0) wake()
  return {
    wake,
    async settled() {
      await running
    },
    async close() {
      clearInterval(timer)
      ending.abort()
      await running
    },
  }
}
