-- How far everybody has read, in the order in which messages arrived; which posts were made under
-- which key; and the indexes of what is read most.

-- Everybody who is in a conversation has one row for it.
CREATE TABLE read_receipts (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- A channel's or a thread's id.
  conversation_id TEXT NOT NULL,
  -- The newest message that was read; null when nothing was.
  message_id TEXT,
  -- When that arrived. What arrived up to (received_at, message_id) is read.
  received_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_receipts_message_id ON read_receipts (user_id, message_id);

-- The message that a post with an Idempotency-Key made, kept for a day.
CREATE TABLE idempotency_keys (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  conversation_id TEXT NOT NULL,
  key TEXT NOT NULL,
  message_id TEXT NOT NULL,
  -- SHA-256 of what was posted.
  request_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, conversation_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

-- Unread messages: in the order of arrival, answered from the index alone (for which SQLite wants
-- the column of the condition in it, too).
CREATE INDEX messages_received_at
  ON messages (channel_id, received_at, id, author_id, parent_id, deleted_at)
  WHERE deleted_at IS NULL;
CREATE INDEX direct_messages_received_at
  ON direct_messages (thread_id, received_at, id, author_id, parent_id, deleted_at)
  WHERE deleted_at IS NULL;

-- Threads: pages of replies, and who replied last, the latter from the index alone.
DROP INDEX messages_channel_id_parent_id;
DROP INDEX direct_messages_thread_id_parent_id;
CREATE INDEX messages_parent_id
  ON messages (channel_id, parent_id, created_at, id, author_id, deleted_at)
  WHERE parent_id IS NOT NULL;
CREATE INDEX direct_messages_parent_id
  ON direct_messages (thread_id, parent_id, created_at, id, author_id, deleted_at)
  WHERE parent_id IS NOT NULL;

-- What was said last in channels, from the index alone; and for those who query the store.
CREATE INDEX messages_live
  ON messages (channel_id, created_at, author_id, content, type, deleted_at)
  WHERE deleted_at IS NULL;

CREATE INDEX message_pins_pinned_at ON message_pins (conversation_id, pinned_at, message_id);

-- Whoever comes into a conversation has read all that is in it by then, whichever way they came:
-- joining, an invitation, an import. Whoever leaves it takes nothing along.
CREATE TRIGGER channel_members_begin_reading AFTER INSERT ON channel_members
BEGIN
  INSERT OR REPLACE INTO read_receipts
    (user_id, conversation_id, message_id, received_at, updated_at)
  VALUES (
    NEW.user_id,
    NEW.channel_id,
    (SELECT id FROM messages WHERE channel_id = NEW.channel_id AND deleted_at IS NULL
     ORDER BY received_at DESC, id DESC LIMIT 1),
    max(
      CAST(unixepoch('subsec') * 1000 AS INTEGER),
      coalesce((SELECT max(received_at) FROM messages
                WHERE channel_id = NEW.channel_id AND deleted_at IS NULL), 0)
    ),
    CAST(unixepoch('subsec') * 1000 AS INTEGER)
  );
END;
CREATE TRIGGER channel_members_end_reading AFTER DELETE ON channel_members
BEGIN
  DELETE FROM read_receipts WHERE user_id = OLD.user_id AND conversation_id = OLD.channel_id;
END;
CREATE TRIGGER direct_message_participants_begin_reading AFTER INSERT ON direct_message_participants
BEGIN
  INSERT OR REPLACE INTO read_receipts
    (user_id, conversation_id, message_id, received_at, updated_at)
  VALUES (
    NEW.user_id,
    NEW.thread_id,
    (SELECT id FROM direct_messages WHERE thread_id = NEW.thread_id AND deleted_at IS NULL
     ORDER BY received_at DESC, id DESC LIMIT 1),
    max(
      CAST(unixepoch('subsec') * 1000 AS INTEGER),
      coalesce((SELECT max(received_at) FROM direct_messages
                WHERE thread_id = NEW.thread_id AND deleted_at IS NULL), 0)
    ),
    CAST(unixepoch('subsec') * 1000 AS INTEGER)
  );
END;
CREATE TRIGGER direct_message_participants_end_reading AFTER DELETE ON direct_message_participants
BEGIN
  DELETE FROM read_receipts WHERE user_id = OLD.user_id AND conversation_id = OLD.thread_id;
END;

-- Who is in a conversation already has read what is there.
INSERT INTO read_receipts (user_id, conversation_id, message_id, received_at, updated_at)
SELECT member.user_id, member.channel_id,
  (SELECT id FROM messages WHERE channel_id = member.channel_id AND deleted_at IS NULL
   ORDER BY received_at DESC, id DESC LIMIT 1),
  coalesce((SELECT max(received_at) FROM messages
            WHERE channel_id = member.channel_id AND deleted_at IS NULL), 0),
  CAST(unixepoch('subsec') * 1000 AS INTEGER)
FROM channel_members AS member;
INSERT INTO read_receipts (user_id, conversation_id, message_id, received_at, updated_at)
SELECT member.user_id, member.thread_id,
  (SELECT id FROM direct_messages WHERE thread_id = member.thread_id AND deleted_at IS NULL
   ORDER BY received_at DESC, id DESC LIMIT 1),
  coalesce((SELECT max(received_at) FROM direct_messages
            WHERE thread_id = member.thread_id AND deleted_at IS NULL), 0),
  CAST(unixepoch('subsec') * 1000 AS INTEGER)
FROM direct_message_participants AS member;
