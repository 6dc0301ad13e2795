-- Whom messages mention, whom they notify, and how that reaches people who are away.

-- A projection of the documents: each person, or group of people, that a message names.
CREATE TABLE mentions (
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  -- One of the two: who is named, or which group.
  user_id TEXT,
  group_name TEXT CHECK (group_name IN ('channel', 'here')),
  CHECK ((user_id IS NULL) <> (group_name IS NULL))
) STRICT;
CREATE UNIQUE INDEX mentions_message ON mentions (conversation_id, message_id, coalesce(user_id, group_name));
CREATE INDEX mentions_user_id ON mentions (user_id, conversation_id) WHERE user_id IS NOT NULL;

-- Written as changes are projected, once for each person, message and kind; a rebuild leaves them alone.
CREATE TABLE notifications (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('MENTION', 'GROUP_MENTION', 'DM', 'REPLY', 'KEYWORD', 'MESSAGE', 'REACTION')),
  conversation_kind TEXT NOT NULL CHECK (conversation_kind IN ('channel', 'dm')),
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  -- Who wrote or reacted.
  actor_id TEXT NOT NULL,
  is_urgent INTEGER NOT NULL DEFAULT 0,
  -- From 0 to 1; null until it was judged, before which nothing is delivered.
  urgency_score REAL,
  -- When the message arrived.
  created_at INTEGER NOT NULL,
  read_at INTEGER,
  -- Dismissed by its person. The row stays, so that nothing notifies them of it again.
  dismissed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX notifications_once ON notifications (conversation_id, message_id, user_id, kind);
CREATE INDEX notifications_user_id_read_at ON notifications (user_id, read_at);
CREATE INDEX notifications_user_id_created_at ON notifications (user_id, created_at);
CREATE INDEX notifications_is_urgent ON notifications (is_urgent) WHERE is_urgent = 1;
CREATE INDEX notifications_not_judged ON notifications (created_at) WHERE urgency_score IS NULL;

-- A browser's address for Web Push; one browser has one, whoever is signed in.
CREATE TABLE push_subscriptions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Whoever signs out is told nothing more there.
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  endpoint TEXT NOT NULL UNIQUE,
  -- The browser's keys, with which what is sent to it is encrypted.
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX push_subscriptions_user_id ON push_subscriptions (user_id);
CREATE INDEX push_subscriptions_session_id ON push_subscriptions (session_id);

-- Deliveries to make. A row goes when it was made, given up, or has lost its reason.
CREATE TABLE notification_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  notification_id TEXT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
  medium TEXT NOT NULL CHECK (medium IN ('PUSH', 'EMAIL')),
  -- For push: to which browser.
  subscription_id TEXT REFERENCES push_subscriptions (id) ON DELETE CASCADE,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  CHECK ((medium = 'PUSH') = (subscription_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX notification_outbox_once ON notification_outbox (notification_id, medium, coalesce(subscription_id, ''));
CREATE INDEX notification_outbox_due ON notification_outbox (medium, next_attempt_at);
CREATE INDEX notification_outbox_subscription_id ON notification_outbox (subscription_id);

-- Whoever wants to hear of more than mentions is found without a look at everybody.
CREATE INDEX channel_members_notify_all ON channel_members (channel_id) WHERE notify_level = 'ALL';
CREATE INDEX user_preferences_notify_all ON user_preferences (user_id) WHERE notify_level = 'ALL';
CREATE INDEX user_preferences_keywords ON user_preferences (user_id) WHERE keywords <> '[]';
