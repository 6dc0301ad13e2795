-- A conversation is a chain of documents, its segments, numbered from 1. Which of them holds a
-- message, its reactions and its pin.

ALTER TABLE messages ADD COLUMN segment INTEGER NOT NULL DEFAULT 1;
ALTER TABLE direct_messages ADD COLUMN segment INTEGER NOT NULL DEFAULT 1;
