/**
 * Ends statuses when their time is over, and tells open browsers. Reading never depends on it: what
 * has run out is not shown, cleared or not.
 */
import { isEnvironmental, type SqliteConnection } from '../database/open-database.ts'
import type { LiveNotifier } from './live-notifier.ts'

export interface StatusExpiryDeps {
  sqlite: SqliteConnection
  now: () => number
  notifier: Pick<LiveNotifier, 'publish'>
  onUnexpected: (error: unknown) => void
}

const CHECK_MS = 500

/** Answers how many statuses it ended. */
export function clearExpiredStatuses(sqlite: SqliteConnection, now: number): number {
  return sqlite
    .prepare(
      `UPDATE users SET status = 'ONLINE', status_text = NULL, status_emoji = NULL,
         status_expires_at = NULL
       WHERE status_expires_at <= ?`,
    )
    .run(now).changes
}

/** Looks twice a second, by an index, whether a status is due. Answers what ends the watch. */
export function watchStatusExpiry({
  sqlite,
  now,
  notifier,
  onUnexpected,
}: StatusExpiryDeps): () => void {
  const selectDue = sqlite.prepare('SELECT 1 FROM users WHERE status_expires_at <= ? LIMIT 1')
  const timer = setInterval(() => {
    try {
      if (selectDue.get(now()) === undefined) return
      if (clearExpiredStatuses(sqlite, now()) > 0) {
        notifier.publish('everyone', { topic: 'people' })
      }
    } catch (error) {
      // With a full disk it is tried again; people read it as ended all the same.
      if (!isEnvironmental(error)) onUnexpected(error)
    }
  }, CHECK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
