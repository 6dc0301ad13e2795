-- For how long messages are kept, and people who were erased. A message that is removed becomes a
-- tombstone in its document, so that no browser can bring it back.

-- How many days messages are kept; null: as the workspace says; 0: for ever.
ALTER TABLE channels ADD COLUMN retention_days INTEGER CHECK (retention_days BETWEEN 0 AND 36500);

-- One row: what holds for the workspace as a whole.
CREATE TABLE workspace_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- How many days the messages of channels are kept that say nothing else; null: for ever.
  retention_days INTEGER CHECK (retention_days BETWEEN 1 AND 36500),
  -- The same for DMs.
  dm_retention_days INTEGER CHECK (dm_retention_days BETWEEN 1 AND 36500),
  updated_at INTEGER NOT NULL
) STRICT;
INSERT INTO workspace_settings (id, updated_at) VALUES (1, 0);

-- When words were last removed from the tables, and when the last of them left the file's pages.
ALTER TABLE store_state ADD COLUMN words_removed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE store_state ADD COLUMN words_purged_at INTEGER NOT NULL DEFAULT 0;

-- Of somebody who was erased, the row stays without anything that tells who they were.
ALTER TABLE users ADD COLUMN erased_at INTEGER;
-- When the last that they had written was gone, too.
ALTER TABLE users ADD COLUMN erasure_completed_at INTEGER;
CREATE INDEX users_being_erased ON users (erased_at)
  WHERE erased_at IS NOT NULL AND erasure_completed_at IS NULL;

-- What retention and erasure look rows up by.
CREATE INDEX direct_messages_live ON direct_messages (created_at) WHERE deleted_at IS NULL;
CREATE INDEX message_reactions_user_id ON message_reactions (user_id);
CREATE INDEX message_pins_user_id ON message_pins (user_id);

-- Still append-only, but for one thing: what entries say of where somebody acted from, and of what
-- they called things, goes when that person is erased. Who did what, and when, stays.
DROP TRIGGER audit_logs_never_change;
CREATE TRIGGER audit_logs_never_change BEFORE UPDATE ON audit_logs
WHEN NOT (
  new.id = old.id AND new.actor_id IS old.actor_id AND new.action = old.action
  AND new.entity_type = old.entity_type AND new.entity_id IS old.entity_id
  AND new.created_at = old.created_at
  AND new.details = '{}' AND new.ip_address IS NULL AND new.user_agent IS NULL
  AND EXISTS (SELECT 1 FROM users WHERE erased_at IS NOT NULL AND id IN (old.actor_id, old.entity_id))
)
BEGIN
  SELECT RAISE(ABORT, 'audit_logs is append-only');
END;
