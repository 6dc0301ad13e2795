/**
 * Who of an export is here already: the same e-mail address, where it can be trusted. Somebody who
 * merely typed another's address at sign-up must not be given that person's DMs.
 */
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ImportedPerson } from './imported-records.ts'

/** Imported id -> the id of the same person here, for those who were not imported before. */
export function findPeopleHere(
  sqlite: SqliteConnection,
  people: readonly ImportedPerson[],
): Map<UserId, UserId> {
  const hasPerson = sqlite.prepare('SELECT 1 FROM users WHERE id = ?')
  const selectTrusted = sqlite.prepare<[string], { id: UserId }>(
    `SELECT id FROM users
     WHERE lower(email) = lower(?) AND (email_verified = 1 OR role IN ('OWNER', 'ADMIN'))`,
  )
  const links = new Map<UserId, UserId>()
  for (const { id, email } of people) {
    if (email === null || hasPerson.get(id) !== undefined) continue
    const here = selectTrusted.get(email)
    if (here !== undefined) links.set(id, here.id)
  }
  return links
}
