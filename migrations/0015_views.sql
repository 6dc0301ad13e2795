-- Questions that people ask of the store, answered without a join. Nothing of the server reads these
-- views. Deleted messages are in none of them. Names are as people see them now; times are readable
-- UTC, beside the milliseconds that everything is sorted and compared by. A migration that makes a
-- table anew drops the views on it first, and makes them again.

-- What was said in channels, private ones included. Who asks by `channel_id`, or by `channel`, and
-- sorts by `created_at` reads no more than is shown.
CREATE VIEW v_messages AS
SELECT
  -- The channel's slug, as in its address.
  channels.slug AS channel,
  -- How its author is called; `Unknown` where the account is gone.
  coalesce(users.display_name, users.name, 'Unknown') AS author,
  -- What it says, in Markdown.
  messages.content AS text,
  -- When it was written, by the clock of the author's device.
  datetime(messages.created_at / 1000, 'unixepoch') AS written,
  -- Whether it is a reply in a thread: 1 or 0.
  messages.parent_id IS NOT NULL AS is_reply,
  -- Whether it was edited: 1 or 0.
  messages.edited_at IS NOT NULL AS is_edited,
  -- `TEXT`, `FILE` or `SYSTEM`.
  messages.type AS type,
  -- The channel's id.
  messages.channel_id AS channel_id,
  -- The message's id, unique within its channel.
  messages.id AS message_id,
  -- The author's id.
  messages.author_id AS author_id,
  -- The message whose thread it is in.
  messages.parent_id AS parent_id,
  -- When it was written, ms.
  messages.created_at AS created_at,
  -- When the server got it, ms: later than `created_at` for what was written offline.
  messages.received_at AS received_at
FROM messages
JOIN channels ON channels.id = messages.channel_id
LEFT JOIN users ON users.id = messages.author_id
WHERE messages.deleted_at IS NULL;

-- What was said in direct messages. Apart from `v_messages`, so that nobody reads what is between a
-- few people without having asked for it.
CREATE VIEW v_direct_messages AS
SELECT
  -- Everybody in the thread, by name.
  (SELECT group_concat(name, ', ') FROM (
    SELECT coalesce(person.display_name, person.name) AS name
    FROM direct_message_participants AS participant
    JOIN users AS person ON person.id = participant.user_id
    WHERE participant.thread_id = direct_messages.thread_id
    ORDER BY name)) AS participants,
  -- How its author is called; `Unknown` where the account is gone.
  coalesce(users.display_name, users.name, 'Unknown') AS author,
  -- What it says, in Markdown.
  direct_messages.content AS text,
  -- When it was written, by the clock of the author's device.
  datetime(direct_messages.created_at / 1000, 'unixepoch') AS written,
  -- The thread's id.
  direct_messages.thread_id AS thread_id,
  -- The message's id, unique within its thread.
  direct_messages.id AS message_id,
  -- The author's id.
  direct_messages.author_id AS author_id,
  -- The message that it answers.
  direct_messages.reply_to_id AS reply_to_id,
  -- When it was written, ms.
  direct_messages.created_at AS created_at
FROM direct_messages
LEFT JOIN users ON users.id = direct_messages.author_id
WHERE direct_messages.deleted_at IS NULL;

-- Everybody with an account, whether active or not.
CREATE VIEW v_people AS
SELECT
  -- How they are called.
  coalesce(users.display_name, users.name) AS person,
  -- Their address; null for those who were imported without one.
  users.email AS email,
  -- Their role in the workspace.
  users.role AS role,
  -- Whether their account is in use: 0 once it is deactivated.
  users.deactivated_at IS NULL AS is_active,
  -- What they say of their presence.
  users.status AS status,
  -- When they were last connected; null for never.
  datetime(users.last_seen_at / 1000, 'unixepoch') AS last_seen,
  -- When the account was made.
  datetime(users.created_at / 1000, 'unixepoch') AS joined,
  -- How many channels they are in.
  (SELECT count(*) FROM channel_members WHERE channel_members.user_id = users.id) AS channels,
  -- The person's id.
  users.id AS user_id
FROM users;

-- Who is in which channel, with both roles.
CREATE VIEW v_members AS
SELECT
  -- The channel's slug.
  channels.slug AS channel,
  -- How the member is called.
  coalesce(users.display_name, users.name) AS person,
  -- Their role in the channel.
  channel_members.role AS channel_role,
  -- Their role in the workspace.
  users.role AS workspace_role,
  -- `PUBLIC` or `PRIVATE`.
  channels.type AS channel_type,
  -- Whether the channel is archived: 1 or 0.
  channels.archived_at IS NOT NULL AS is_archived,
  -- Whether the member's account is in use: 1 or 0.
  users.deactivated_at IS NULL AS is_active,
  -- The member's address.
  users.email AS email,
  -- When they came in.
  datetime(channel_members.joined_at / 1000, 'unixepoch') AS joined,
  -- The channel's id.
  channel_members.channel_id AS channel_id,
  -- The member's id.
  channel_members.user_id AS user_id
FROM channel_members
JOIN channels ON channels.id = channel_members.channel_id
JOIN users ON users.id = channel_members.user_id;

-- How much each person wrote in each channel on each day (UTC) on which they wrote something. Sums
-- over days, channels or people come out of it with `GROUP BY`.
CREATE VIEW v_activity AS
SELECT
  -- The day, as `2026-11-24`.
  date(messages.created_at / 1000, 'unixepoch') AS day,
  -- The channel's slug.
  channels.slug AS channel,
  -- How the person is called; `Unknown` where the account is gone.
  coalesce(users.display_name, users.name, 'Unknown') AS person,
  -- Messages that they wrote, replies included.
  count(*) AS messages,
  -- Replies in threads among them.
  count(messages.parent_id) AS replies,
  -- The channel's id.
  messages.channel_id AS channel_id,
  -- The person's id.
  messages.author_id AS user_id
FROM messages
JOIN channels ON channels.id = messages.channel_id
LEFT JOIN users ON users.id = messages.author_id
WHERE messages.deleted_at IS NULL AND messages.type <> 'SYSTEM'
GROUP BY day, messages.channel_id, messages.author_id;

-- Questions in channels that nobody else has replied to in their thread, or reacted to. A question
-- is a message, not itself a reply, in which a question mark ends the text, a line or a sentence.
CREATE VIEW v_unanswered_questions AS
SELECT
  -- The channel's slug.
  channels.slug AS channel,
  -- Who asked; `Unknown` where the account is gone.
  coalesce(users.display_name, users.name, 'Unknown') AS author,
  -- The question.
  messages.content AS text,
  -- When it was asked.
  datetime(messages.created_at / 1000, 'unixepoch') AS written,
  -- Messages by others in the channel within the hour after: an answer may be among them.
  (SELECT count(*) FROM messages AS later
   WHERE later.channel_id = messages.channel_id AND later.deleted_at IS NULL
     AND later.created_at > messages.created_at
     AND later.created_at <= messages.created_at + 3600000
     AND later.author_id <> messages.author_id) AS others_within_the_hour,
  -- The channel's id.
  messages.channel_id AS channel_id,
  -- The message's id.
  messages.id AS message_id,
  -- The author's id.
  messages.author_id AS author_id,
  -- When it was asked, ms.
  messages.created_at AS created_at
FROM messages
JOIN channels ON channels.id = messages.channel_id
LEFT JOIN users ON users.id = messages.author_id
WHERE messages.deleted_at IS NULL AND messages.type = 'TEXT' AND messages.parent_id IS NULL
  AND messages.content || ' ' GLOB '*[?？؟][ ' || char(10) || ']*'
  AND NOT EXISTS (
    SELECT 1 FROM messages AS reply
    WHERE reply.channel_id = messages.channel_id AND reply.parent_id = messages.id
      AND reply.deleted_at IS NULL AND reply.author_id <> messages.author_id)
  AND NOT EXISTS (
    SELECT 1 FROM message_reactions AS reaction
    WHERE reaction.conversation_id = messages.channel_id AND reaction.message_id = messages.id
      AND reaction.user_id <> messages.author_id);

-- What each channel takes on the disk, in bytes. Reads all of them: for reports, not for a loop.
CREATE VIEW v_storage_by_channel AS
SELECT
  -- The channel's slug.
  channels.slug AS channel,
  -- Messages that are not deleted.
  (SELECT count(*) FROM messages
   WHERE messages.channel_id = channels.id AND messages.deleted_at IS NULL) AS messages,
  -- Deleted messages, of which only the fact is kept.
  (SELECT count(*) FROM messages
   WHERE messages.channel_id = channels.id AND messages.deleted_at IS NOT NULL) AS deleted_messages,
  -- Their text in the table, without indexes.
  (SELECT coalesce(sum(length(CAST(messages.content AS BLOB))), 0) FROM messages
   WHERE messages.channel_id = channels.id) AS text_bytes,
  -- What its messages said before edits.
  (SELECT coalesce(sum(length(CAST(message_revisions.content AS BLOB))), 0) FROM message_revisions
   WHERE message_revisions.conversation_id = channels.id) AS revision_bytes,
  -- Documents of its chain.
  (SELECT count(*) FROM documents WHERE documents.name >= 'channel:' || channels.id || '/'
     AND documents.name < 'channel:' || channels.id || '0') AS segments,
  -- Their snapshots.
  (SELECT coalesce(sum(length(documents.snapshot)), 0) FROM documents
   WHERE documents.name >= 'channel:' || channels.id || '/'
     AND documents.name < 'channel:' || channels.id || '0') AS snapshot_bytes,
  -- Updates of the journal that are not yet in a snapshot.
  (SELECT coalesce(sum(length(document_updates.update_bytes)), 0) FROM document_updates
   WHERE document_updates.document_name >= 'channel:' || channels.id || '/'
     AND document_updates.document_name < 'channel:' || channels.id || '0') AS journal_bytes,
  -- Files that its messages brought.
  (SELECT count(*) FROM file_uploads
   WHERE file_uploads.conversation_id = channels.id AND file_uploads.deleted_at IS NULL) AS files,
  -- Their bytes with thumbnails, which lie beside the database.
  (SELECT coalesce(sum(file_uploads.size_bytes + coalesce(file_uploads.thumbnail_bytes, 0)), 0)
   FROM file_uploads
   WHERE file_uploads.conversation_id = channels.id AND file_uploads.deleted_at IS NULL) AS file_bytes,
  -- The channel's id.
  channels.id AS channel_id
FROM channels;

-- The audit log with names in place of ids.
CREATE VIEW v_audit_log AS
SELECT
  -- When it was done.
  datetime(audit_logs.created_at / 1000, 'unixepoch') AS happened,
  -- Who did it; `the server` for the server itself and its commands.
  CASE WHEN audit_logs.actor_id IS NULL THEN 'the server'
    ELSE coalesce(actor.display_name, actor.name, 'Unknown') END AS actor,
  -- What was done.
  audit_logs.action AS action,
  -- The kind of thing that it was done to.
  audit_logs.entity_type AS entity_type,
  -- What that is called: a person's name, a channel's slug, or the id of anything else.
  coalesce(person.display_name, person.name, channels.slug, audit_logs.entity_id) AS entity,
  -- A JSON object: what was changed.
  audit_logs.details AS details,
  -- From which address.
  audit_logs.ip_address AS ip_address,
  -- The actor's id.
  audit_logs.actor_id AS actor_id,
  -- The id of what it was done to.
  audit_logs.entity_id AS entity_id,
  -- When, ms.
  audit_logs.created_at AS created_at
FROM audit_logs
LEFT JOIN users AS actor ON actor.id = audit_logs.actor_id
LEFT JOIN users AS person ON person.id = audit_logs.entity_id
LEFT JOIN channels ON channels.id = audit_logs.entity_id;
