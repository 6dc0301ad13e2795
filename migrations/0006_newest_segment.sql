-- The segment that new messages of the conversation go to: where a browser without a copy begins.

ALTER TABLE channels ADD COLUMN newest_segment INTEGER NOT NULL DEFAULT 1;
ALTER TABLE direct_message_threads ADD COLUMN newest_segment INTEGER NOT NULL DEFAULT 1;
