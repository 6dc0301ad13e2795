/**
 * Stops a statement in the middle. SQLite cannot be interrupted from JavaScript, but a function that
 * the statement calls may throw: `search_goes_on()` in its conditions asks whether to go on.
 */
import type { SqliteConnection } from '../../database/open-database.ts'

interface Watch {
  isOver: () => boolean
}

const watches = new WeakMap<SqliteConnection, Watch>()
const STOP = new Error('The statement was stopped')

/** Answers what `run` does, or true when it was stopped. */
export function stopWhere(
  sqlite: SqliteConnection,
  isOver: () => boolean,
  run: () => boolean,
): boolean {
  const watch = watchOf(sqlite)
  watch.isOver = isOver
  try {
    return run()
  } catch (error) {
    if (error === STOP) return true
    throw error
  }
}

/** A function is known to a connection for good: defining it anew would make every statement anew. */
function watchOf(sqlite: SqliteConnection): Watch {
  const known = watches.get(sqlite)
  if (known !== undefined) return known
  const watch: Watch = { isOver: () => false }
  sqlite.function('search_goes_on', { directOnly: true }, () => {
    if (watch.isOver()) throw STOP
    return 1
  })
  watches.set(sqlite, watch)
  return watch
}
