/** Counts what a store holds. Reads only; safe beside a running server. */
import { statSync } from 'node:fs'
import type { SqliteConnection } from '../database/open-database.ts'

export interface StoreStats {
  /** The newest migration, and when it was applied, ms UTC. */
  schema: { migration: string; appliedAt: number }
  people: { active: number; unclaimed: number; deactivated: number }
  channels: number
  directMessageThreads: number
  messages: { live: number; deleted: number }
  documents: { count: number; snapshotBytes: number }
  journal: { updates: number; bytes: number; notInTables: number }
  databaseBytes: number
  tables: { name: string; rows: number; bytes: number }[]
  /** The largest first. */
  conversations: ConversationStats[]
}

export interface ConversationStats {
  documentPrefix: string
  title: string
  messages: number
  segments: number
  /** Of its documents: snapshots and journal. */
  bytes: number
}

const MAX_CONVERSATIONS = 50

export function readStats(sqlite: SqliteConnection, databasePath: string): StoreStats {
  const count = (sql: string): number =>
    sqlite.prepare<[], { value: number | null }>(`SELECT (${sql}) AS value`).get()?.value ?? 0
  // One state for all counts.
  return sqlite.transaction(() => ({
    schema: readSchemaVersion(sqlite),
    people: {
      active: count(`SELECT count(*) FROM users WHERE deactivated_at IS NULL
        AND EXISTS (SELECT 1 FROM accounts WHERE user_id = users.id)`),
      unclaimed: count(`SELECT count(*) FROM users WHERE deactivated_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM accounts WHERE user_id = users.id)`),
      deactivated: count('SELECT count(*) FROM users WHERE deactivated_at IS NOT NULL'),
    },
    channels: count('SELECT count(*) FROM channels'),
    directMessageThreads: count('SELECT count(*) FROM direct_message_threads'),
    messages: {
      live: countMessages('IS NULL'),
      deleted: countMessages('IS NOT NULL'),
    },
    documents: {
      count: count('SELECT count(*) FROM documents'),
      snapshotBytes: count('SELECT sum(length(snapshot)) FROM documents'),
    },
    journal: {
      updates: count('SELECT count(*) FROM document_updates'),
      bytes: count('SELECT sum(length(update_bytes)) FROM document_updates'),
      notInTables: count(`SELECT count(*) FROM document_updates JOIN documents
        ON name = document_name WHERE seq > projected_seq`),
    },
    databaseBytes: statSync(databasePath).size,
    tables: readTables(sqlite),
    conversations: readConversations(sqlite),
  }))()

  function countMessages(deletion: 'IS NULL' | 'IS NOT NULL'): number {
    return count(`SELECT (SELECT count(*) FROM messages WHERE deleted_at ${deletion})
      + (SELECT count(*) FROM direct_messages WHERE deleted_at ${deletion})`)
  }
}

function readSchemaVersion(sqlite: SqliteConnection): StoreStats['schema'] {
  const newest = sqlite
    .prepare<[], StoreStats['schema']>(
      `SELECT name AS migration, applied_at AS appliedAt FROM schema_migrations
       ORDER BY name DESC LIMIT 1`,
    )
    .get()
  if (newest === undefined) throw new Error('The store has no schema')
  return newest
}

/** The pages of a table and of its indexes. */
function readTables(sqlite: SqliteConnection): StoreStats['tables'] {
  const tables = sqlite
    .prepare<[], { name: string; bytes: number }>(
      `SELECT tbl_name AS name, sum(pgsize) AS bytes FROM dbstat JOIN sqlite_schema USING (name)
       WHERE aggregate = TRUE GROUP BY tbl_name ORDER BY bytes DESC, tbl_name`,
    )
    .all()
  return tables.map(({ name, bytes }) => {
    const quoted = `"${name.replaceAll('"', '""')}"`
    const row = sqlite.prepare<[], { rows: number }>(`SELECT count(*) AS rows FROM ${quoted}`).get()
    return { name, rows: row?.rows ?? 0, bytes }
  })
}

function readConversations(sqlite: SqliteConnection): ConversationStats[] {
  return sqlite
    .prepare<[], ConversationStats>(
      `WITH sizes AS (
         SELECT substr(name, 1, instr(name, '/') - 1) AS prefix, count(*) AS segments,
           sum(coalesce(length(snapshot), 0) + coalesce((SELECT sum(length(update_bytes))
             FROM document_updates WHERE document_name = name), 0)) AS bytes
         FROM documents WHERE name LIKE '%/%' GROUP BY prefix)
       SELECT prefix AS documentPrefix, segments, bytes,
         coalesce('#' || (SELECT slug FROM channels WHERE 'channel:' || id = prefix),
           'direct messages') AS title,
         (SELECT count(*) FROM messages WHERE 'channel:' || channel_id = prefix)
           + (SELECT count(*) FROM direct_messages WHERE 'dm:' || thread_id = prefix) AS messages
       FROM sizes ORDER BY bytes DESC LIMIT ${MAX_CONVERSATIONS}`,
    )
    .all()
}
