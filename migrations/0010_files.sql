-- What people upload. The bytes are in the file store, under the file's id; who may read them is
-- decided by the conversation of the message that the file is attached to. Not in the documents,
-- so a rebuild keeps these rows.

CREATE TABLE file_uploads (
  -- Chosen by the uploader, so that an upload can be repeated.
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  -- As it may be written to a disk; not as it was sent.
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  -- Found in the bytes; what the uploader said is kept nowhere.
  type TEXT NOT NULL,
  -- SHA-256 of the bytes, in hexadecimal.
  checksum TEXT NOT NULL,
  -- Of pictures, as they are shown; null for everything else.
  width INTEGER,
  height INTEGER,
  -- Size of the thumbnail; null when there is none.
  thumbnail_bytes INTEGER,
  -- The message that brought it; all four are null until there is one.
  conversation_kind TEXT CHECK (conversation_kind IN ('channel', 'dm')),
  conversation_id TEXT,
  message_id TEXT,
  attached_at INTEGER,
  created_at INTEGER NOT NULL,
  -- When all of its bytes were in the file store; null while they are written.
  stored_at INTEGER,
  -- Nobody can read it any more; the row goes once the bytes are gone.
  deleted_at INTEGER,
  CHECK ((conversation_id IS NULL) = (attached_at IS NULL)),
  CHECK ((conversation_id IS NULL) = (conversation_kind IS NULL)),
  CHECK ((conversation_id IS NULL) = (message_id IS NULL))
) STRICT;
-- A person's quota is the sum of this index's rows.
CREATE INDEX file_uploads_owner_id ON file_uploads (owner_id, deleted_at, size_bytes);
CREATE INDEX file_uploads_message ON file_uploads (conversation_id, message_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX file_uploads_unattached ON file_uploads (created_at) WHERE attached_at IS NULL AND deleted_at IS NULL;
CREATE INDEX file_uploads_deleted_at ON file_uploads (deleted_at) WHERE deleted_at IS NOT NULL;
