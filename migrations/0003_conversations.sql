-- What conversations say: a projection of their documents. Rows are written by the projectors
-- alone. A message's id is chosen by its writer, so it is unique within its conversation only.

CREATE TABLE messages (
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  content TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  parent_id TEXT,
  reply_to_id TEXT,
  file_ids TEXT,
  created_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  deleted_by TEXT,
  PRIMARY KEY (channel_id, id)
) STRICT;
CREATE INDEX messages_channel_id_created_at ON messages (channel_id, created_at, id);
CREATE INDEX messages_channel_id_parent_id ON messages (channel_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX messages_author_id ON messages (author_id);
CREATE INDEX messages_created_at ON messages (created_at);

CREATE TABLE direct_messages (
  thread_id TEXT NOT NULL REFERENCES direct_message_threads (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  content TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  parent_id TEXT,
  reply_to_id TEXT,
  file_ids TEXT,
  created_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  deleted_by TEXT,
  PRIMARY KEY (thread_id, id)
) STRICT;
CREATE INDEX direct_messages_thread_id_created_at ON direct_messages (thread_id, created_at, id);
CREATE INDEX direct_messages_thread_id_parent_id ON direct_messages (thread_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX direct_messages_author_id ON direct_messages (author_id);

-- What a message said before an edit. Not in the documents, so a rebuild keeps these rows.
CREATE TABLE message_revisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  replaced_at INTEGER NOT NULL
) STRICT;
CREATE INDEX message_revisions_message ON message_revisions (conversation_id, message_id, id);

CREATE TABLE message_reactions (
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  emoji TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, message_id, user_id, emoji)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_pins (
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  pinned_at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, message_id)
) STRICT, WITHOUT ROWID;
