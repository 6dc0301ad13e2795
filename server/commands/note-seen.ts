/** Notes when somebody was last here. A convenience: never a reason for anything else to fail. */
import type { UserId } from '../../shared/ids.ts'
import { isEnvironmental, type SqliteConnection } from '../database/open-database.ts'

/** The result may be called at any time, with a full disk and after the store was closed, too. */
export function createNoteSeen(
  sqlite: SqliteConnection,
  now: () => number,
): (userId: UserId) => void {
  const update = sqlite.prepare('UPDATE users SET last_seen_at = ? WHERE id = ?')
  return (userId) => {
    if (!sqlite.open) return
    try {
      update.run(now(), userId)
    } catch (error) {
      if (!isEnvironmental(error)) throw error
    }
  }
}
