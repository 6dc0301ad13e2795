-- The search index: which message has which words. Made of the messages by the projection, which
-- segments their text; whatever removes a message's row removes it from the index, too.

-- A message's id is unique within its conversation only, and long: the index knows conversations
-- by number.
CREATE TABLE search_conversations (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('channel', 'dm')),
  conversation_id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE search_entries (
  -- The second in which the message was written, times 2^20, and a number within it: the newest
  -- are found first, and a span of time is a span of ids.
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES search_conversations (number),
  message_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (conversation, message_id)
) STRICT;

-- Its rowid is the entry's id. `words` are the tokens of the text; `scope` are tokens for all that
-- can be asked besides: m in each, c<number> for its conversation, a<id> for its author, f with
-- files, l with a link, r for a reply. Tokens are made before, of letters, digits and what is not
-- ASCII: the tokenizer `ascii` takes them as they are.
CREATE VIRTUAL TABLE search_index USING fts5 (
  scope, words, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- One row: how the index was segmented, and how far making it has come. Empty: not begun.
CREATE TABLE search_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL,
  -- The kind of conversations whose messages are being added, or 'done'.
  stage TEXT NOT NULL CHECK (stage IN ('channel', 'dm', 'done')),
  after_conversation_id TEXT NOT NULL,
  after_message_id TEXT NOT NULL
) STRICT;
INSERT INTO search_state VALUES (1, '', 'channel', '', '');

CREATE TRIGGER messages_leave_search AFTER DELETE ON messages BEGIN
  DELETE FROM search_entries WHERE message_id = old.id AND conversation =
    (SELECT number FROM search_conversations WHERE conversation_id = old.channel_id);
END;
CREATE TRIGGER direct_messages_leave_search AFTER DELETE ON direct_messages BEGIN
  DELETE FROM search_entries WHERE message_id = old.id AND conversation =
    (SELECT number FROM search_conversations WHERE conversation_id = old.thread_id);
END;
CREATE TRIGGER search_entries_leave_index AFTER DELETE ON search_entries BEGIN
  DELETE FROM search_index WHERE rowid = old.id;
END;
