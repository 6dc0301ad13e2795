/** A message as one would say it: names where it mentions people by id. */
import type { SqliteConnection } from '../database/open-database.ts'

const MENTION = /<@([0-9a-f-]{36}|channel|here)>/g

export function readableText(sqlite: SqliteConnection, content: string): string {
  const select = sqlite.prepare<[string], { name: string }>(
    'SELECT coalesce(display_name, name) AS name FROM users WHERE id = ?',
  )
  return content.replaceAll(MENTION, (mention, target: string) => {
    if (target === 'channel' || target === 'here') return `@${target}`
    const name = select.get(target)?.name
    return name === undefined ? mention : `@${name}`
  })
}
