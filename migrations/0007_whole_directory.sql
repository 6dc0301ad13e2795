-- What people say of themselves and wish, how channels are ordered and who may post in them, and
-- what was done by whom.

ALTER TABLE users ADD COLUMN status TEXT NOT NULL DEFAULT 'ONLINE'
  CHECK (status IN ('ONLINE', 'AWAY', 'DND', 'OFFLINE'));
ALTER TABLE users ADD COLUMN status_text TEXT;
ALTER TABLE users ADD COLUMN status_emoji TEXT;
ALTER TABLE users ADD COLUMN status_expires_at INTEGER;
CREATE INDEX users_status ON users (status);

-- A person without a row has the defaults of the columns.
CREATE TABLE user_preferences (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- What one is notified of where a conversation has no wish of its own.
  notify_level TEXT NOT NULL DEFAULT 'MENTIONS' CHECK (notify_level IN ('ALL', 'MENTIONS', 'NOTHING')),
  notify_replies INTEGER NOT NULL DEFAULT 1,
  notify_reactions INTEGER NOT NULL DEFAULT 0,
  -- A JSON array of words that notify like a mention.
  keywords TEXT NOT NULL DEFAULT '[]',
  push_enabled INTEGER NOT NULL DEFAULT 1,
  email_enabled INTEGER NOT NULL DEFAULT 1,
  urgent_enabled INTEGER NOT NULL DEFAULT 1,
  -- Do not disturb, in minutes after midnight in `time_zone`; both null for never.
  dnd_start_minute INTEGER,
  dnd_end_minute INTEGER,
  time_zone TEXT NOT NULL DEFAULT 'UTC',
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE channel_categories (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE channels ADD COLUMN category_id TEXT REFERENCES channel_categories (id) ON DELETE SET NULL;
ALTER TABLE channels ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN posting TEXT NOT NULL DEFAULT 'EVERYONE' CHECK (posting IN ('EVERYONE', 'ADMINS'));
CREATE INDEX channels_category_id ON channels (category_id, position);

-- Null: as in the person's preferences.
ALTER TABLE channel_members ADD COLUMN notify_level TEXT CHECK (notify_level IN ('ALL', 'MENTIONS', 'NOTHING'));
ALTER TABLE channel_members ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE direct_message_participants ADD COLUMN notify_level TEXT CHECK (notify_level IN ('ALL', 'MENTIONS', 'NOTHING'));
ALTER TABLE direct_message_participants ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE direct_message_participants ADD COLUMN archived_at INTEGER;

-- Append-only: nothing of it is ever changed or removed.
CREATE TABLE audit_logs (
  id TEXT PRIMARY KEY,
  -- Null for the server itself and its commands.
  actor_id TEXT,
  action TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id TEXT,
  -- A JSON object: what was changed, never a secret.
  details TEXT NOT NULL DEFAULT '{}',
  ip_address TEXT,
  user_agent TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_logs_entity ON audit_logs (entity_type, entity_id);
CREATE INDEX audit_logs_action ON audit_logs (action);
CREATE INDEX audit_logs_created_at ON audit_logs (created_at);
CREATE TRIGGER audit_logs_never_change BEFORE UPDATE ON audit_logs
BEGIN
  SELECT RAISE(ABORT, 'audit_logs is append-only');
END;
CREATE TRIGGER audit_logs_never_vanish BEFORE DELETE ON audit_logs
BEGIN
  SELECT RAISE(ABORT, 'audit_logs is append-only');
END;
