/**
 * Reads all that the store keeps about one person, as the text of one JSON object, a page of rows at
 * a time: between two pages others read and write. No secret is in it.
 */
import type { PersonExportSubject } from '../../shared/api/personal-data.ts'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'

const PAGE_ROWS = 200

const messageColumns = `m.id, m.content, m.type, m.version, m.parent_id, m.reply_to_id, m.file_ids,
  m.created_at, m.received_at, m.edited_at, m.deleted_at`

/** From where the rows of a subject come; `@userId` is the person. */
const subjects: Record<PersonExportSubject, string> = {
  profile: `SELECT id, email, email_verified, name, display_name, avatar_url, bio, role, status,
    status_text, status_emoji, status_expires_at, last_seen_at, deactivated_at, created_at, updated_at
    FROM users WHERE id = @userId`,
  preferences: 'SELECT * FROM user_preferences WHERE user_id = @userId',
  accounts: `SELECT provider_id, account_id, scope, created_at, updated_at
    FROM accounts WHERE user_id = @userId ORDER BY id`,
  sessions: `SELECT id, ip_address, user_agent, expires_at, created_at, updated_at
    FROM sessions WHERE user_id = @userId ORDER BY id`,
  accessTokens: `SELECT id, name, expires_at, last_used_at, created_at
    FROM personal_access_tokens WHERE user_id = @userId ORDER BY id`,
  pushSubscriptions: `SELECT id, endpoint, created_at
    FROM push_subscriptions WHERE user_id = @userId ORDER BY id`,
  channels: `SELECT c.id, c.name, c.slug, m.role, m.notify_level, m.muted, m.joined_at
    FROM channel_members AS m JOIN channels AS c ON c.id = m.channel_id
    WHERE m.user_id = @userId ORDER BY m.channel_id`,
  directMessageThreads: `SELECT thread_id, notify_level, muted, archived_at, joined_at
    FROM direct_message_participants WHERE user_id = @userId ORDER BY thread_id`,
  messages: `SELECT m.channel_id, ${messageColumns} FROM messages AS m
    WHERE m.author_id = @userId ORDER BY m.rowid`,
  directMessages: `SELECT m.thread_id, ${messageColumns} FROM direct_messages AS m
    WHERE m.author_id = @userId ORDER BY m.rowid`,
  revisions: `SELECT r.conversation_id, r.message_id, r.version, r.content, r.replaced_at
    FROM (SELECT channel_id AS place, id FROM messages WHERE author_id = @userId
      UNION ALL SELECT thread_id, id FROM direct_messages WHERE author_id = @userId) AS m
    CROSS JOIN message_revisions AS r ON r.conversation_id = m.place AND r.message_id = m.id
    ORDER BY r.id`,
  reactions: `SELECT conversation_id, message_id, emoji, created_at
    FROM message_reactions WHERE user_id = @userId ORDER BY conversation_id, message_id, emoji`,
  pins: `SELECT conversation_id, message_id, pinned_at
    FROM message_pins WHERE user_id = @userId ORDER BY conversation_id, message_id`,
  mentions: `SELECT conversation_id, message_id FROM mentions WHERE user_id = @userId
    ORDER BY rowid`,
  readMarks: `SELECT conversation_id, message_id, received_at, updated_at
    FROM read_receipts WHERE user_id = @userId ORDER BY conversation_id`,
  files: `SELECT id, name, size_bytes, type, checksum, width, height, conversation_kind,
    conversation_id, message_id, attached_at, created_at
    FROM file_uploads WHERE owner_id = @userId AND deleted_at IS NULL ORDER BY id`,
  notifications: `SELECT id, kind, conversation_kind, conversation_id, message_id, actor_id, is_urgent,
    urgency_score, created_at, read_at, dismissed_at
    FROM notifications WHERE user_id = @userId ORDER BY id`,
  auditLog: `SELECT id, actor_id, action, entity_type, entity_id, details, created_at,
    CASE WHEN actor_id = @userId THEN ip_address END AS ip_address,
    CASE WHEN actor_id = @userId THEN user_agent END AS user_agent
    FROM audit_logs WHERE actor_id = @userId OR (entity_type = 'person' AND entity_id = @userId)
    ORDER BY id`,
}

/** The parts of the text, in order. */
export function* exportPerson(sqlite: SqliteConnection, userId: UserId): Generator<string> {
  let isFirstSubject = true
  for (const [subject, statement] of Object.entries(subjects)) {
    yield `${isFirstSubject ? '{' : ','}\n"${subject}":[`
    isFirstSubject = false
    yield* pagesOf(sqlite, statement, userId)
    yield ']'
  }
  yield '\n}\n'
}

function* pagesOf(sqlite: SqliteConnection, statement: string, userId: UserId): Generator<string> {
  const select = sqlite.prepare<{ userId: UserId; passed: number }, object>(
    `${statement} LIMIT ${PAGE_ROWS} OFFSET @passed`,
  )
  let passed = 0
  for (;;) {
    const page = select.all({ userId, passed })
    if (page.length > 0) {
      yield (passed === 0 ? '\n' : ',\n') + page.map((row) => JSON.stringify(row)).join(',\n')
    }
    passed += page.length
    if (page.length < PAGE_ROWS) return
  }
}
