/** What a running server asks again and again, and how SQLite is meant to answer it; for tests. */
import type { SqliteConnection } from '../database/open-database.ts'
import { explain } from './record-statements.ts'

/** A statement, and the steps in which SQLite runs it. */
export interface Plan {
  sql: string
  steps: string[]
}

/** Those that grow with what people do; a workspace has few channels and categories. */
const bigTables = [
  ...['users', 'accounts', 'sessions', 'channel_members', 'user_preferences'],
  ...['direct_message_threads', 'direct_message_participants'],
  ...['messages', 'direct_messages', 'message_revisions', 'message_reactions', 'message_pins'],
  ...['mentions', 'notifications', 'read_receipts', 'file_uploads', 'message_files', 'audit_logs'],
  ...['documents', 'document_updates', 'document_clients', 'search_entries'],
  ...['personal_access_tokens', 'verification_tokens', 'idempotency_keys'],
  ...['push_subscriptions', 'notification_outbox'],
]

/** Steps that walk along a big table, and why that is right: no other may. */
const rightScans: { step: RegExp; statement: RegExp; because: string }[] = [
  {
    step: /^SCAN users USING INDEX users_name$/,
    statement: /order by "users"\."name".* limit (\d|\?)/s,
    because: 'the list of people is in its order, and ends with the page',
  },
  {
    step: /^SCAN audit_logs USING INDEX audit_logs_created_at$/,
    statement: /order by "created_at" desc.* limit (\d|\?)/s,
    because: 'the audit log is in its order, and ends with the page',
  },
  {
    step: /^SCAN users$/,
    statement: /NOT EXISTS \(SELECT 1 FROM users WHERE role = 'OWNER'\)/,
    because: 'whoever signs up first becomes the owner: it ends with the first one that it finds',
  },
  {
    step: /^SCAN direct_message_threads$/,
    statement: /^insert into "users"/,
    because: 'a reference to this person could only have waited for them in the same transaction',
  },
  {
    step: /^SCAN verification_tokens$/,
    statement: /^DELETE FROM verification_tokens WHERE instr\(/,
    because: 'an erasure finds whoever is named anywhere in a link; links that ended are gone',
  },
  {
    step: /^SCAN verification_tokens$/,
    statement: /"expires_at" < \? limit \?/,
    because: 'what it finds is removed right after it: links live for an hour or a day',
  },
  {
    step: /^SCAN p USING (COVERING )?INDEX user_preferences_(notify_all|keywords)$/,
    statement: /^WITH candidates/,
    because: 'the index has those alone who wish for more than most',
  },
  {
    step: /^SCAN n USING INDEX notifications_not_judged$/,
    statement: /urgency_score IS NULL/,
    because: 'the index has those alone that are to be judged now',
  },
]

/** What the server asks again and again, and the index that is meant for it. */
export const hotQueries: { what: string; statement: RegExp; uses: string }[] = [
  {
    what: 'signing in, by e-mail',
    statement: /FROM users WHERE lower\(email\) = lower\(/,
    uses: 'users_lower_email',
  },
  {
    what: "a person's accounts",
    statement: /from "accounts" where "accounts"\."user_id"/,
    uses: 'accounts_user_id',
  },
  {
    what: 'whose session it is',
    statement: /FROM sessions JOIN users ON users\.id = user_id\s+WHERE token/,
    uses: 'sqlite_autoindex_sessions_2',
  },
  {
    what: 'whose token it is',
    statement: /FROM personal_access_tokens AS tokens.*WHERE token_hash/s,
    uses: 'sqlite_autoindex_personal_access_tokens_2',
  },
  {
    what: 'what somebody may do in a channel',
    statement: /^SELECT c\.type/,
    uses: 'm USING PRIMARY KEY (channel_id=? AND user_id=?)',
  },
  {
    what: 'the list of channels, with how many are in them',
    statement: /^select "channels"/,
    uses: 'SEARCH member USING PRIMARY KEY (channel_id=?)',
  },
  {
    what: 'the list of DMs',
    statement: /^select "thread".*order by/s,
    uses: 'direct_message_participants_user_id',
  },
  {
    what: "a person's notifications",
    statement: /from "notifications" as "n"(?!.*"read_at" is null).*order by/s,
    uses: 'notifications_user_id_created_at',
  },
  {
    what: 'how many notifications are unread',
    statement: /count\(\*\) AS count FROM notifications/,
    uses: 'notifications_user_id_read_at',
  },
  {
    what: 'everything that was done to one thing',
    statement: /from "audit_logs".*"entity_type"/s,
    uses: 'audit_logs_entity',
  },
  {
    what: 'all acts of one kind',
    statement: /from "audit_logs".*"action" = /s,
    uses: 'audit_logs_action',
  },
  {
    what: 'all that somebody did',
    statement: /from "audit_logs".*"actor_id" = /s,
    uses: 'audit_logs_actor_id',
  },
  {
    what: 'who wants to hear of everything in a channel',
    statement: /^WITH candidates/,
    uses: 'channel_members_notify_all',
  },
  {
    what: 'who wants to hear of everything anywhere',
    statement: /^WITH candidates/,
    uses: 'user_preferences_notify_all',
  },
  {
    what: 'who has keywords',
    statement: /^WITH candidates/,
    uses: 'user_preferences_keywords',
  },
  {
    what: 'which deliveries are due',
    statement: /FROM notification_outbox.*next_attempt_at/s,
    uses: 'notification_outbox_due',
  },
  {
    what: 'the updates after a snapshot',
    statement: /update_bytes AS "update"/,
    uses: 'document_updates_document_name',
  },
  {
    what: 'whose a clientID is',
    statement: /SELECT owner_id AS ownerId FROM document_clients/,
    uses: 'document_clients USING PRIMARY KEY (document_name=? AND client_id=?)',
  },
  {
    what: 'how much somebody has uploaded',
    statement: /sum\(size_bytes\)/,
    uses: 'file_uploads_owner_id',
  },
]

/** How each statement, with these values, is run over this store. */
export function explainEach(
  sqlite: SqliteConnection,
  statements: ReadonlyMap<string, unknown[]>,
): Plan[] {
  return [...statements]
    .filter(([sql]) => /^\s*(select|with|insert|update|delete)/i.test(sql))
    .map(([sql, parameters]) => ({
      sql: sql.trim(),
      steps: explain({ sqlite, statements: [{ sql, parameters }] }),
    }))
}

/** Steps that walk along a big table, and none of those that may. */
export function wrongScans(plans: readonly Plan[]): string[] {
  return plans.flatMap(({ sql, steps }) =>
    steps
      .filter((step) => bigTables.includes(scannedTable(sql, step) ?? ''))
      .filter(
        (step) =>
          !rightScans.some(({ step: right, statement }) => right.test(step) && statement.test(sql)),
      )
      .map((step) => `${step}: ${sql.slice(0, 300)}`),
  )
}

/** What is asked again and again, and is not read through the index that is meant for it. */
export function wrongIndexes(plans: readonly Plan[]): string[] {
  return hotQueries.flatMap(({ what, statement, uses }) => {
    const found = plans.filter(({ sql }) => statement.test(sql))
    const wrong = found.filter(({ steps }) => !steps.join('\n').includes(uses))
    if (found.length === 0) return [`${what}: nobody asked it`]
    return wrong.map(({ steps }) => `${what}, not through ${uses}: ${steps.join('; ')}`)
  })
}

/** The table that a step walks along, by the name that it has in the statement. */
function scannedTable(sql: string, step: string): string | undefined {
  const [, scanned] = /^SCAN (\w+)/.exec(step) ?? []
  const names = sql.matchAll(/(?:from|join|into|update)\s+"?(\w+)"?(?:\s+as\s+"?(\w+)"?)?/gi)
  const tables = new Map([...names].map(([, table = '', alias = table]) => [alias, table]))
  return scanned && (tables.get(scanned) ?? scanned)
}
