-- Channels, DM threads and who is in them.

CREATE TABLE channels (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  description TEXT,
  type TEXT NOT NULL DEFAULT 'PUBLIC' CHECK (type IN ('PUBLIC', 'PRIVATE')),
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  last_message_at INTEGER,
  archived_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_type ON channels (type, id);

CREATE TABLE channel_members (
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL DEFAULT 'MEMBER' CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER')),
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_members_user_id ON channel_members (user_id);

CREATE TABLE direct_message_threads (
  id TEXT PRIMARY KEY,
  created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  last_message_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX direct_message_threads_last_message_at ON direct_message_threads (last_message_at DESC);

CREATE TABLE direct_message_participants (
  thread_id TEXT NOT NULL REFERENCES direct_message_threads (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (thread_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX direct_message_participants_user_id ON direct_message_participants (user_id);
