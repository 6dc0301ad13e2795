/** Fills every table that grows with what people do, as they do in years; for tests of how queries read. */
import type { SqliteConnection } from '../database/open-database.ts'

const PEOPLE = 400
const CHANNELS = 60
const ROWS = 4_000

/** Rows that SQLite may plan by; what they say is of no meaning. */
export function growStore(sqlite: SqliteConnection): void {
  sqlite.exec(`
    CREATE TEMP TABLE numbers AS
      WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${ROWS})
      SELECT n FROM counted;
    BEGIN;
    INSERT INTO users (id, email, name, status, last_seen_at, created_at, updated_at)
      SELECT 'u' || n, 'u' || n || '@example.test', 'Person ' || n,
        iif(n % 9, 'ONLINE', 'AWAY'), n, n, n FROM numbers WHERE n <= ${PEOPLE};
    INSERT INTO user_preferences (user_id, notify_level, keywords, updated_at)
      SELECT id, iif(rowid % 20, 'MENTIONS', 'ALL'), iif(rowid % 30, '[]', '["boat"]'), 1 FROM users;
    INSERT INTO accounts (id, user_id, account_id, provider_id, created_at, updated_at)
      SELECT 'a' || id, id, id, 'credential', 1, 1 FROM users;
    INSERT INTO sessions (id, user_id, token, expires_at, created_at, updated_at)
      SELECT 's' || n, 'u' || (n % ${PEOPLE} + 1), 't' || n, n, n, n FROM numbers;
    INSERT INTO verification_tokens (id, identifier, value, expires_at, created_at, updated_at)
      SELECT 'v' || n, 'i' || n, 'v', n, n, n FROM numbers;
    INSERT INTO personal_access_tokens (id, user_id, name, token_hash, created_at)
      SELECT 'p' || n, 'u' || (n % ${PEOPLE} + 1), 'bot', 'h' || n, n FROM numbers;
    INSERT INTO channels (id, name, slug, type, created_at, updated_at, last_message_at)
      SELECT 'c' || n, 'C', 'c' || n, iif(n % 3, 'PUBLIC', 'PRIVATE'), n, n, n
      FROM numbers WHERE n <= ${CHANNELS};
    INSERT INTO channel_members (channel_id, user_id, joined_at, notify_level)
      SELECT c.id, u.id, 1, iif(u.rowid % 20, NULL, 'ALL') FROM channels AS c, users AS u
      WHERE (c.rowid + u.rowid) % 5 = 0;
    INSERT INTO direct_message_threads (id, created_by, created_at, last_message_at)
      SELECT 'd' || n, 'u' || (n % ${PEOPLE} + 1), n, n FROM numbers;
    INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
      SELECT 'd' || n, 'u' || ((n + other) % ${PEOPLE} + 1), n
      FROM numbers, (SELECT 0 AS other UNION SELECT 7);
    INSERT INTO messages (channel_id, id, author_id, content, type, version, parent_id, created_at,
        received_at, edited_at, deleted_at)
      SELECT 'c' || (n % ${CHANNELS} + 1), 'm' || n, 'u' || (n * 7 % ${PEOPLE} + 1), 'said', 'TEXT', 1,
        iif(n % 5, NULL, 'm' || (n / 50 * 5 + 1)), n * 1000, n * 1000, iif(n % 40, NULL, n),
        iif(n % 25, NULL, n) FROM numbers;
    INSERT INTO direct_messages (thread_id, id, author_id, content, type, version, parent_id, created_at,
        received_at, deleted_at)
      SELECT 'd' || (n % 900 + 1), 'm' || n, 'u' || (n * 7 % ${PEOPLE} + 1), 'said', 'TEXT', 1,
        iif(n % 9, NULL, 'm' || (n / 50 * 5 + 1)), n * 1000, n * 1000, iif(n % 25, NULL, n) FROM numbers;
    INSERT INTO message_revisions (conversation_id, message_id, version, content, replaced_at)
      SELECT 'c' || (n % ${CHANNELS} + 1), 'm' || n, 1, 'said', n FROM numbers;
    INSERT INTO message_reactions (conversation_id, message_id, user_id, emoji, created_at)
      SELECT 'c' || (n % ${CHANNELS} + 1), 'm' || n, 'u' || (n % ${PEOPLE} + 1), 'x', n FROM numbers;
    INSERT INTO message_pins (conversation_id, message_id, user_id, pinned_at)
      SELECT 'c' || (n % ${CHANNELS} + 1), 'm' || n, 'u' || (n % ${PEOPLE} + 1), n FROM numbers;
    INSERT INTO mentions (conversation_id, message_id, user_id)
      SELECT 'c' || (n % ${CHANNELS} + 1), 'm' || n, 'u' || (n % ${PEOPLE} + 1) FROM numbers;
    INSERT INTO notifications (id, user_id, kind, conversation_kind, conversation_id, message_id, actor_id,
        is_urgent, urgency_score, created_at, read_at)
      SELECT 'n' || n, 'u' || (n % ${PEOPLE} + 1), 'MENTION', 'channel', 'c' || (n % ${CHANNELS} + 1),
        'm' || n, 'u1', n % 50 = 0, iif(n % 1000, 0.1, NULL), n, iif(n % 10, n, NULL) FROM numbers;
    INSERT INTO push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, created_at)
      SELECT 'b' || n, 'u' || (n % ${PEOPLE} + 1), 's' || n, 'e' || n, 'p', 'a', n FROM numbers;
    INSERT INTO notification_outbox (notification_id, medium, subscription_id, next_attempt_at)
      SELECT 'n' || n, iif(n % 2, 'PUSH', 'EMAIL'), iif(n % 2, 'b' || n, NULL), n FROM numbers;
    INSERT INTO idempotency_keys (user_id, conversation_id, key, message_id, request_hash, created_at)
      SELECT 'u' || (n % ${PEOPLE} + 1), 'c' || (n % ${CHANNELS} + 1), 'k' || n, 'm' || n, 'h', n
      FROM numbers;
    INSERT INTO file_uploads (id, owner_id, name, size_bytes, type, checksum, conversation_kind,
        conversation_id, message_id, attached_at, created_at, stored_at, deleted_at)
      SELECT 'f' || n, 'u' || (n % ${PEOPLE} + 1), 'a', n, 'text/plain', 'x', k, iif(k IS NULL, NULL,
        'c' || (n % ${CHANNELS} + 1)), iif(k IS NULL, NULL, 'm' || n), iif(k IS NULL, NULL, n), n, n,
        iif(n % 100, NULL, n)
      FROM (SELECT n, iif(n % 30, 'channel', NULL) AS k FROM numbers);
    INSERT INTO audit_logs (id, actor_id, action, entity_type, entity_id, created_at)
      SELECT 'l' || n, 'u' || (n % ${PEOPLE} + 1), 'action.' || (n % 30), iif(n % 3, 'person', 'channel'),
        'u' || (n * 3 % ${PEOPLE} + 1), n FROM numbers;
    INSERT INTO documents (name, server_client_id, created_at)
      SELECT 'channel:c' || n || '/1', n, n FROM numbers;
    INSERT INTO document_updates (document_name, update_bytes, received_at)
      SELECT 'channel:c' || (n % 900 + 1) || '/1', x'00', n FROM numbers;
    INSERT INTO document_clients (document_name, client_id, owner_id)
      SELECT 'channel:c' || (n % 900 + 1) || '/1', n, 'u' || (n % ${PEOPLE} + 1) FROM numbers;
    INSERT INTO search_conversations (number, kind, conversation_id)
      SELECT n, 'channel', 'c' || n FROM numbers WHERE n <= ${CHANNELS};
    INSERT INTO search_entries (id, conversation, message_id, created_at)
      SELECT n, n % ${CHANNELS} + 1, 'm' || n, n FROM numbers;
    COMMIT;
    DROP TABLE numbers;
  `)
}
