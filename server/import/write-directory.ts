/**
 * Writes imported people, channels and DM threads, all in one transaction. What exists is left as
 * people made it; only what is new is added.
 */
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ImportedChannel, ImportedPerson, ImportedThread } from './imported-records.ts'

export interface Directory {
  people: readonly ImportedPerson[]
  channels: readonly ImportedChannel[]
  threads: readonly ImportedThread[]
}

export interface DirectoryResult {
  newPeople: number
  newChannels: number
  newThreads: number
  /** Names of those whose e-mail address belongs to somebody here already. */
  withoutEmail: string[]
}

export function writeDirectory(
  sqlite: SqliteConnection,
  { people, channels, threads }: Directory,
  now: number,
): DirectoryResult {
  const insertPerson = sqlite.prepare(
    `INSERT INTO users (id, email, name, display_name, bio, role, deactivated_at, created_at, updated_at)
     VALUES (@id, @email, @name, @displayName, @bio, @role, @deactivatedAt, @now, @now)
     ON CONFLICT (id) DO NOTHING`,
  )
  const hasPerson = sqlite.prepare('SELECT 1 FROM users WHERE id = ?')
  const hasEmail = sqlite.prepare('SELECT 1 FROM users WHERE lower(email) = lower(?)')
  const hasSlug = sqlite.prepare('SELECT 1 FROM channels WHERE slug = ?')
  const hasChannel = sqlite.prepare('SELECT 1 FROM channels WHERE id = ?')
  const insertChannel = sqlite.prepare(
    `INSERT INTO channels (id, name, slug, description, type, created_by, archived_at, created_at, updated_at)
     VALUES (@id, @name, @slug, @description, @type, @createdBy, @archivedAt, @createdAt, @now)`,
  )
  const insertMember = sqlite.prepare(
    `INSERT INTO channel_members (channel_id, user_id, role, joined_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const insertThread = sqlite.prepare(
    `INSERT INTO direct_message_threads (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING`,
  )
  const insertParticipant = sqlite.prepare(
    `INSERT INTO direct_message_participants (thread_id, user_id, joined_at) VALUES (?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )

  function freeSlug(slug: string): string {
    let free = slug
    for (let number = 2; hasSlug.get(free) !== undefined; number += 1) {
      const ending = `-${number}`
      free = slug.slice(0, 80 - ending.length) + ending
    }
    return free
  }

  return sqlite.transaction(() => {
    const newIds = new Set<UserId>()
    const withoutEmail: string[] = []
    for (const { isDeactivated, isGuest, ...person } of people) {
      if (hasPerson.get(person.id) !== undefined) continue
      const isTaken = person.email !== null && hasEmail.get(person.email) !== undefined
      if (isTaken) withoutEmail.push(person.name)
      const email = isTaken ? null : (person.email?.toLowerCase() ?? null)
      const role = isGuest ? 'GUEST' : 'MEMBER'
      const deactivatedAt = isDeactivated ? now : null
      insertPerson.run({ ...person, email, role, deactivatedAt, now })
      newIds.add(person.id)
    }
    let newChannels = 0
    for (const channel of channels) {
      const isNew = hasChannel.get(channel.id) === undefined
      if (isNew) {
        newChannels += 1
        insertChannel.run({
          ...{ id: channel.id, name: channel.name, description: channel.description, now },
          ...{ type: channel.type, createdBy: channel.createdBy ?? null },
          slug: freeSlug(channel.slug),
          archivedAt: channel.isArchived ? now : null,
          createdAt: channel.createdAt || now,
        })
      }
      for (const userId of channel.memberIds) {
        // Whoever was here before this run and is no member of the channel has left it.
        if (!isNew && !newIds.has(userId)) continue
        const role = userId === channel.createdBy ? 'OWNER' : 'MEMBER'
        insertMember.run(channel.id, userId, role, channel.createdAt || now)
      }
    }
    let newThreads = 0
    for (const { id, createdAt, participantIds } of threads) {
      newThreads += insertThread.run(id, createdAt || now).changes
      for (const userId of participantIds) insertParticipant.run(id, userId, createdAt || now)
    }
    return { newPeople: newIds.size, newChannels, newThreads, withoutEmail }
  })()
}
