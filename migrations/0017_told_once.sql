-- Whoever was told of a message is told of it once, also when an edit gives another reason.
DELETE FROM notifications
WHERE kind <> 'REACTION' AND EXISTS (
  SELECT 1 FROM notifications AS earlier
  WHERE earlier.conversation_id = notifications.conversation_id
    AND earlier.message_id = notifications.message_id AND earlier.user_id = notifications.user_id
    AND earlier.kind <> 'REACTION'
    AND (earlier.created_at, earlier.id) < (notifications.created_at, notifications.id));

DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (conversation_id, message_id, user_id, (kind = 'REACTION'));
