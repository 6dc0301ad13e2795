-- The engine's own: documents as snapshots, the journal of accepted updates, and who owns
-- which clientID of a document.

CREATE TABLE documents (
  name TEXT PRIMARY KEY,
  snapshot BLOB,
  -- The journal's seq up to which the snapshot holds everything.
  snapshot_seq INTEGER NOT NULL DEFAULT 0,
  state_vector BLOB,
  -- The journal's seq up to which the tables hold everything.
  projected_seq INTEGER NOT NULL DEFAULT 0,
  -- The clientID under which the server itself writes to this document.
  server_client_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE document_updates (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  document_name TEXT NOT NULL REFERENCES documents (name) ON DELETE CASCADE,
  -- Who wrote it; null for the server itself.
  user_id TEXT,
  update_bytes BLOB NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX document_updates_document_name ON document_updates (document_name, seq);

CREATE TABLE document_clients (
  document_name TEXT NOT NULL REFERENCES documents (name) ON DELETE CASCADE,
  client_id INTEGER NOT NULL,
  -- A person's id, or 'server'.
  owner_id TEXT NOT NULL,
  PRIMARY KEY (document_name, client_id)
) STRICT, WITHOUT ROWID;

-- One row. The generation rises when the store is restored from a backup.
CREATE TABLE store_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL
) STRICT;
INSERT INTO store_state (id, generation) VALUES (1, 1);
