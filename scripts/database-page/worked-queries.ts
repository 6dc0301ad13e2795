/** Questions that administrators ask of the store, each with the SQL that answers it. */

export interface WorkedQuery {
  question: string
  sql: string
}

export const workedQueries: readonly WorkedQuery[] = [
  {
    question: 'What was said last in a channel?',
    sql: `SELECT written, author, text FROM v_messages
WHERE channel = 'general' ORDER BY created_at DESC LIMIT 20;`,
  },
  {
    question: 'Where was something spoken of?',
    sql: `SELECT written, channel, author, text FROM v_messages
WHERE text LIKE '%lamp%' ORDER BY created_at DESC LIMIT 20;`,
  },
  {
    question: 'Who wrote most in the last 30 days?',
    sql: `SELECT person, sum(messages) AS messages, sum(replies) AS replies FROM v_activity
WHERE day >= date('now', '-30 days') GROUP BY user_id ORDER BY messages DESC, person LIMIT 20;`,
  },
  {
    question: 'Which channels are busiest, and by how many people?',
    sql: `SELECT channel, sum(messages) AS messages, count(DISTINCT user_id) AS people FROM v_activity
WHERE day >= date('now', '-30 days') GROUP BY channel_id ORDER BY messages DESC, channel LIMIT 20;`,
  },
  {
    question: 'How much was written on each day?',
    sql: `SELECT day, sum(messages) AS messages, count(DISTINCT user_id) AS people FROM v_activity
GROUP BY day ORDER BY day DESC LIMIT 60;`,
  },
  {
    question: 'Which questions has nobody answered?',
    sql: `SELECT written, channel, author, text FROM v_unanswered_questions
WHERE created_at > (unixepoch() - 30 * 86400) * 1000 ORDER BY created_at DESC;`,
  },
  {
    question: 'How long does a question in a thread wait for its first reply, by channel?',
    sql: `SELECT channels.slug AS channel, count(*) AS threads,
  round(avg(first_reply - started) / 60000.0, 1) AS minutes
FROM (
  SELECT start.channel_id, start.created_at AS started, min(reply.created_at) AS first_reply
  FROM messages AS start JOIN messages AS reply
    ON reply.channel_id = start.channel_id AND reply.parent_id = start.id
  WHERE reply.author_id <> start.author_id AND reply.deleted_at IS NULL
  GROUP BY start.channel_id, start.id
) JOIN channels ON channels.id = channel_id GROUP BY channel_id ORDER BY minutes DESC;`,
  },
  {
    question: 'Which threads are the longest?',
    sql: `SELECT channels.slug AS channel, start.content AS begins, count(*) AS replies
FROM messages AS reply
JOIN messages AS start ON start.channel_id = reply.channel_id AND start.id = reply.parent_id
JOIN channels ON channels.id = start.channel_id
WHERE reply.deleted_at IS NULL
GROUP BY reply.channel_id, reply.parent_id ORDER BY replies DESC LIMIT 10;`,
  },
  {
    question: 'What was edited, and what did it say before?',
    sql: `SELECT v_messages.channel, v_messages.author, message_revisions.content AS before,
  v_messages.text AS now
FROM v_messages JOIN message_revisions
  ON message_revisions.conversation_id = v_messages.channel_id
  AND message_revisions.message_id = v_messages.message_id
WHERE v_messages.channel = 'general'
ORDER BY message_revisions.replaced_at DESC LIMIT 20;`,
  },
  {
    question: 'Which messages were written offline and came in more than five minutes later?',
    sql: `SELECT channel, author, text, (received_at - created_at) / 60000 AS minutes_late
FROM v_messages WHERE channel = 'general' AND received_at > created_at + 300000
ORDER BY received_at DESC LIMIT 20;`,
  },
  {
    question: 'Which emoji are used most?',
    sql: `SELECT emoji, count(*) AS times, count(DISTINCT user_id) AS people
FROM message_reactions GROUP BY emoji ORDER BY times DESC, emoji LIMIT 20;`,
  },
  {
    question: 'Who is named most often?',
    sql: `SELECT person, count(*) AS times FROM mentions JOIN v_people USING (user_id)
GROUP BY user_id ORDER BY times DESC, person LIMIT 20;`,
  },
  {
    question: 'Who is in which private channel, and as what?',
    sql: `SELECT channel, person, channel_role, joined FROM v_members
WHERE channel_type = 'PRIVATE' ORDER BY channel, person;`,
  },
  {
    question: 'Who may administer the workspace?',
    sql: `SELECT person, email, role, last_seen FROM v_people
WHERE role IN ('OWNER', 'ADMIN') AND is_active ORDER BY role DESC, person;`,
  },
  {
    question: 'Who has not been here for 30 days?',
    sql: `SELECT person, email, last_seen, channels FROM v_people
WHERE is_active AND (last_seen IS NULL OR last_seen < datetime('now', '-30 days'))
ORDER BY last_seen;`,
  },
  {
    question: 'Which channels has nobody written in for 30 days?',
    sql: `SELECT slug, type, datetime(last_message_at / 1000, 'unixepoch') AS last_message
FROM channels WHERE archived_at IS NULL
  AND coalesce(last_message_at, created_at) < (unixepoch() - 30 * 86400) * 1000
ORDER BY last_message;`,
  },
  {
    question: 'What do channels take on the disk?',
    sql: `SELECT channel, messages, text_bytes, snapshot_bytes + journal_bytes AS document_bytes, file_bytes
FROM v_storage_by_channel ORDER BY document_bytes + file_bytes DESC LIMIT 20;`,
  },
  {
    question: "Whose files take the most, and which is a person's largest?",
    sql: `SELECT person, count(*) AS files, sum(size_bytes) AS bytes, max(size_bytes) AS largest_bytes,
  file_uploads.name AS largest
FROM file_uploads JOIN v_people ON v_people.user_id = owner_id
WHERE deleted_at IS NULL GROUP BY owner_id ORDER BY bytes DESC LIMIT 20;`,
  },
  {
    question: 'Which access tokens have not been used for 90 days?',
    sql: `SELECT person, personal_access_tokens.name AS token,
  datetime(last_used_at / 1000, 'unixepoch') AS last_used
FROM personal_access_tokens JOIN v_people USING (user_id)
WHERE coalesce(last_used_at, created_at) < (unixepoch() - 90 * 86400) * 1000
ORDER BY last_used;`,
  },
  {
    question: 'What did administrators do in the last week?',
    sql: `SELECT happened, actor, action, entity, details FROM v_audit_log
WHERE created_at > (unixepoch() - 7 * 86400) * 1000 AND action NOT LIKE 'session.%'
ORDER BY created_at DESC, action LIMIT 50;`,
  },
]
