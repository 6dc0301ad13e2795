-- Which files messages name, which marks are left on deleted messages, and a log without a back door.

-- A projection of the documents: it finds the message for a file that is uploaded after it.
CREATE TABLE message_files (
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  -- As the message names it: anybody's, or one that nobody has uploaded yet.
  file_id TEXT NOT NULL,
  PRIMARY KEY (conversation_id, message_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_files_file_id ON message_files (file_id);
INSERT OR IGNORE INTO message_files
  SELECT channel_id, messages.id, named.value FROM messages, json_each(file_ids) AS named
  WHERE file_ids IS NOT NULL
  UNION ALL
  SELECT thread_id, direct_messages.id, named.value FROM direct_messages, json_each(file_ids) AS named
  WHERE file_ids IS NOT NULL;

-- Deleted messages that have reactions or a pin still: these are removed from the documents next.
CREATE TABLE left_marks (
  conversation_kind TEXT NOT NULL CHECK (conversation_kind IN ('channel', 'dm')),
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (conversation_id, message_id)
) STRICT, WITHOUT ROWID;
INSERT INTO left_marks
  WITH marked AS (
    SELECT conversation_id, message_id FROM message_reactions
    UNION
    SELECT conversation_id, message_id FROM message_pins
  )
  SELECT 'channel', conversation_id, message_id FROM marked JOIN messages
    ON channel_id = conversation_id AND messages.id = message_id WHERE deleted_at IS NOT NULL
  UNION ALL
  SELECT 'dm', conversation_id, message_id FROM marked JOIN direct_messages
    ON thread_id = conversation_id AND direct_messages.id = message_id WHERE deleted_at IS NOT NULL;

-- Replacing a row would delete it, of which the trigger of deletions does not hear. What is told a second
-- time under the same id is passed over.
CREATE TRIGGER audit_logs_never_replaced BEFORE INSERT ON audit_logs
WHEN EXISTS (SELECT 1 FROM audit_logs WHERE id = new.id OR rowid = new.rowid)
BEGIN
  SELECT RAISE(IGNORE);
END;
