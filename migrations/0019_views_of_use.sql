-- What people who query the store look for: replies by the message alone, whichever its channel; and
-- the questions that columns answer which nothing else asks.

-- Threads: by the message that began it, with or without its channel.
DROP INDEX messages_parent_id;
CREATE INDEX messages_parent_id
  ON messages (parent_id, channel_id, created_at, id, author_id, deleted_at)
  WHERE parent_id IS NOT NULL;

-- The audit log says when they changed, and by whom.
ALTER TABLE workspace_settings DROP COLUMN updated_at;

-- Every channel, with what holds in it.
CREATE VIEW v_channels AS
SELECT
  -- The channel's slug.
  channels.slug AS channel,
  -- Its name as people read it.
  channels.name AS name,
  -- `PUBLIC` or `PRIVATE`.
  channels.type AS channel_type,
  -- The heading under which it is listed; null for none.
  channel_categories.name AS category,
  -- Who may write in it: `EVERYONE` or `ADMINS`.
  channels.posting AS posting,
  -- Whether the channel is archived: 1 or 0.
  channels.archived_at IS NOT NULL AS is_archived,
  -- How many are in it.
  (SELECT count(*) FROM channel_members WHERE channel_members.channel_id = channels.id) AS members,
  -- How many days its messages are kept, of its own or as the workspace says; null for ever.
  nullif(coalesce(channels.retention_days,
    (SELECT retention_days FROM workspace_settings)), 0) AS kept_days,
  -- Who made it; `Unknown` where the account is gone.
  coalesce(users.display_name, users.name, 'Unknown') AS creator,
  -- When it was made.
  datetime(channels.created_at / 1000, 'unixepoch') AS created,
  -- When its name, description or the like changed last.
  datetime(channels.updated_at / 1000, 'unixepoch') AS changed,
  -- When its newest message was written; null while there is none.
  datetime(channels.last_message_at / 1000, 'unixepoch') AS last_message,
  -- The channel's id.
  channels.id AS channel_id
FROM channels
LEFT JOIN channel_categories ON channel_categories.id = channels.category_id
LEFT JOIN users ON users.id = channels.created_by;

-- The documents of which the tables are made, and what the journal has of each that is in no snapshot
-- yet: what a start has to read, and what waits to come into the tables.
CREATE VIEW v_documents AS
SELECT
  -- Its name: `channel:<id>/<segment>` or `dm:<id>/<segment>`.
  documents.name AS document,
  -- When its first change came.
  datetime(documents.created_at / 1000, 'unixepoch') AS begun,
  -- Size of its snapshot; 0 before the first one.
  coalesce(length(documents.snapshot), 0) AS snapshot_bytes,
  -- Updates in the journal.
  (SELECT count(*) FROM document_updates
   WHERE document_updates.document_name = documents.name) AS journal_updates,
  -- Those of them that are in no table yet.
  (SELECT count(*) FROM document_updates
   WHERE document_updates.document_name = documents.name
     AND document_updates.seq > documents.projected_seq) AS waiting_updates,
  -- When the newest of them came; null without any.
  (SELECT datetime(document_updates.received_at / 1000, 'unixepoch') FROM document_updates
   WHERE document_updates.document_name = documents.name
   ORDER BY document_updates.seq DESC LIMIT 1) AS last_update,
  -- Who wrote the newest; `the server` for what it wrote itself, null without any.
  (SELECT CASE WHEN document_updates.user_id IS NULL THEN 'the server'
     ELSE coalesce(users.display_name, users.name, 'Unknown') END
   FROM document_updates LEFT JOIN users ON users.id = document_updates.user_id
   WHERE document_updates.document_name = documents.name
   ORDER BY document_updates.seq DESC LIMIT 1) AS last_writer,
  -- How many clientIDs people have written under in it.
  (SELECT count(*) FROM document_clients
   WHERE document_clients.document_name = documents.name) AS client_ids
FROM documents;

-- Links whose time is over, which are removed whenever somebody follows one.
CREATE INDEX verification_tokens_expires_at ON verification_tokens (expires_at);
